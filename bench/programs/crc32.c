/* CRC-32 (reflected polynomial 0xedb88320) of a changing buffer, a table look-up for each byte. */
#include <stdint.h>

static uint32_t table[256];
static uint8_t buffer[4096];

uint64_t work(uint64_t rounds)
{
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[n] = c;
    }
    for (unsigned i = 0; i < sizeof buffer; i++)
        buffer[i] = (uint8_t)(i * 7 + (i >> 5));
    uint32_t crc = 0xffffffffu;
    for (uint64_t round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < sizeof buffer; i++)
            crc = crc >> 8 ^ table[(crc ^ buffer[i]) & 0xff];
        buffer[round % sizeof buffer] ^= (uint8_t)crc;
    }
    return crc;
}
