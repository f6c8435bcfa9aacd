# Where the programs of `npm run bench:cpu` begin and end, as a bare image for real address 0.
#
# QEMU's pseries machine enters firmware at 0x100 in big-endian mode; the stub there goes to little-endian mode. The
# emulated CPU of this project is entered at `start`. The number of rounds lies at 0x200 of the image. At the end the
# checksum is written by H_PUT_TERM_CHAR, then RTAS power-off ends QEMU; this project's CPU stops at the first sc.

        .section .boot, "ax"
        .org 0x100
        # Big-endian instructions, as a little-endian assembler writes their bytes.
        .long 0xa600607d                # mfmsr  11
        .long 0x01006b61                # ori    11,11,1        MSR.LE
        .long 0xa6037b7d                # mtsrr1 11
        .long 0x00046039                # li     11,start
        .long 0xa6037a7d                # mtsrr0 11
        .long 0x2400004c                # rfid
        .org 0x200
rounds: .quad 0
        .org 0x280
        # RTAS arguments, big-endian: power-off, 2 parameters, 1 result.
power:  .long 0x03200000, 0x02000000, 0x01000000, 0, 0, 0
        .org 0x400
        .globl start
start:  # MSR.FP, MSR.VEC and MSR.VSX
        mfmsr 1
        ori   1, 1, 0x2000
        oris  1, 1, 0x0280
        mtmsrd 1
        lis   1, 0x00f0
        lis   2, .TOC.@ha
        addi  2, 2, .TOC.@l
        ld    3, 0x200(0)
        bl    work
        mr    31, 3
        # The checksum as 16 hexadecimal digits.
        li    6, 0
        li    7, 16
        li    5, 0
1:      rldicl 8, 31, 4, 60
        rldicl 31, 31, 4, 0
        cmpldi 8, 10
        addi  9, 8, '0'
        blt   2f
        addi  9, 8, 'a' - 10
2:      sldi  10, 5, 8
        srdi  11, 6, 56
        or    5, 10, 11
        sldi  6, 6, 8
        or    6, 6, 9
        addi  7, 7, -1
        cmpdi 7, 0
        bne   1b
        # H_PUT_TERM_CHAR(terminal 0, 16 characters)
        mr    7, 6
        mr    6, 5
        lis   4, 0x7100
        li    5, 16
        li    3, 0x58
        sc    1
        # H_RTAS: power-off
        lis   3, 0
        ori   3, 3, 0xf000
        li    4, power
        sc    1
3:      b     3b
