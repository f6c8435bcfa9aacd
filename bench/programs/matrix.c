/* Products of matrices of single-precision numbers, in vectors of four. */
#include <stdint.h>

enum { SIZE = 32 };
typedef float vector __attribute__((vector_size(16)));
static float a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE] __attribute__((aligned(16)));

static void multiply(void)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j += 4) {
            vector sum = {0, 0, 0, 0};
            for (int k = 0; k < SIZE; k++) {
                vector right;
                __builtin_memcpy(&right, &b[k][j], sizeof right);
                sum += (vector){a[i][k], a[i][k], a[i][k], a[i][k]} * right;
            }
            __builtin_memcpy(&c[i][j], &sum, sizeof sum);
        }
}

uint64_t work(uint64_t rounds)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            a[i][j] = (float)(i * 3 + j) / 97;
            b[i][j] = (float)(i - j) / 31;
        }
    for (uint64_t round = 0; round < rounds; round++) {
        multiply();
        a[round % SIZE][round / SIZE % SIZE] = c[round / SIZE % SIZE][round % SIZE] / 1024;
    }
    uint64_t sum = 0;
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            uint32_t bits;
            __builtin_memcpy(&bits, &c[i][j], sizeof bits);
            sum = sum * 31 + bits;
        }
    return sum;
}
