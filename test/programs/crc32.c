/* CRC-32 by table and bit by bit. */
#include <stdint.h>
#include <stdio.h>

static uint32_t table[256];

static uint32_t by_bits(uint32_t crc, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return crc;
}

static uint32_t by_table(uint32_t crc, const uint8_t *bytes, size_t length)
{
    while (length--)
        crc = table[(crc ^ *bytes++) & 255] ^ crc >> 8;
    return crc;
}

int main(void)
{
    static uint8_t data[20000];
    uint32_t state = 1;
    for (int i = 0; i < 256; i++) {
        uint8_t byte = i;
        table[i] = by_bits(0, &byte, 1);
    }
    for (size_t i = 0; i < sizeof data; i++) {
        state = state * 1103515245 + 12345;
        data[i] = state >> 16;
    }
    printf("%08x\n", ~by_table(~0u, (const uint8_t *)"123456789", 9));
    printf("%08x %08x\n", ~by_table(~0u, data, sizeof data), ~by_bits(~0u, data, sizeof data));
    return 0;
}
