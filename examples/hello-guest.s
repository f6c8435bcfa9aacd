# A guest without an operating system: it says hello on its terminal, counts to ten and returns, which ends its run.
# hello-guest.bin is made of it: npx pef asm examples/hello-guest.s --base 0x1000 --format hex | xxd -r -p

start:
    li      r3, 0x58                # H_PUT_TERM_CHAR
    li      r4, 0                   # the first terminal
    li      r5, 14                  # characters, the first one in the most significant byte
    ld      r6, text-start(r12)     # r12 is the address of the entry
    ld      r7, text+8-start(r12)
    sc      1
    cmpdi   r3, 0                   # H_SUCCESS
    bnelr

    li      r3, 0
    li      r4, 10
    mtctr   r4
count:
    addi    r3, r3, 1
    bdnz    count
    blr                             # lr is where a run ends

    .balign 8
text:
    .quad   0x48656c6c6f2c2067      # "Hello, g"
    .quad   0x75657374210a0000      # "uest!\n"
