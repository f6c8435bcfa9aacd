/** Messages between processors, power saving and the service processor: Power ISA 3.0B Book III 3.3.2, 10.2 and 11. */
import type { SystemOp } from '../ir';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';

/** A message, or taking back one that has not been delivered; RB says which. */
const message =
  (op: SystemOp, privilege: 'privileged' | 'hypervisor' | 'ultravisor') =>
  (s: Semantics): void => {
    s.require(privilege);
    if (privilege === 'privileged') s.requires('MSGP');
    s.system(op, s.RB);
  };

// prettier-ignore
export const MESSAGES = section('Power ISA 3.0B Book III 11.4, msgsndu and msgclru by the ultravisor document', [
  insn('msgsnd',  '011111 ///// ///// RB 0011001110 /',    'RB',       'Message Send',                        message('msgsnd', 'hypervisor')),
  insn('msgclr',  '011111 ///// ///// RB 0011101110 /',    'RB',       'Message Clear',                       message('msgclr', 'hypervisor')),
  insn('msgsndp', '011111 ///// ///// RB 0010001110 /',    'RB',       'Message Send Privileged',             message('msgsndp', 'privileged')),
  insn('msgclrp', '011111 ///// ///// RB 0010101110 /',    'RB',       'Message Clear Privileged',            message('msgclrp', 'privileged')),
  insn('msgsndu', '011111 ///// ///// RB 0001001110 /',    'RB',       'Ultravisor Message Send',             message('msgsndu', 'ultravisor')),
  insn('msgclru', '011111 ///// ///// RB 0001101110 /',    'RB',       'Ultravisor Message Clear',            message('msgclru', 'ultravisor')),
  insn('msgsync', '011111 ///// ///// ///// 1101110110 /', '',         'Message Synchronize',                 (s) => s.require('hypervisor')),
]);

// prettier-ignore
export const POWER_SAVING = section('Power ISA 3.0B Book III 3.3.2', [
  insn('stop',    '010011 ///// ///// ///// 0101110010 /', '',         'Stop',                                (s) => { s.require('privileged'); s.system('stop'); }),
]);

/** HID: attn is an instruction only while this bit is on. */
const ENABLE_ATTN = 3;

// prettier-ignore
export const SUPPORT_PROCESSOR = section('POWER9 Processor User\'s Manual', [
  insn('attn',    '000000 ///// ///// ///// 0100000000 /', '',         'Support Processor Attention',         (s) => { s.if(s.special('HID').bit(ENABLE_ATTN).not(), () => s.raise('illegal')); s.system('attn'); }),
]);
