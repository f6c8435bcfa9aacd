/* Planets under gravity: scalar double-precision arithmetic, square roots and divisions. */
#include <stdint.h>

enum { BODIES = 5 };
static double position[BODIES][3] = {
    {0, 0, 0}, {4.84, -1.16, -0.10}, {8.34, 4.12, -0.40}, {12.89, -15.11, -0.22}, {15.38, -25.92, 0.18},
};
static double velocity[BODIES][3] = {
    {0, 0, 0}, {0.61, 2.81, -0.02}, {-1.01, 1.82, 0.008}, {1.08, 0.86, -0.01}, {0.97, 0.59, -0.03},
};
static const double mass[BODIES] = {39.47, 0.037, 0.011, 0.0017, 0.0020};

uint64_t work(uint64_t rounds)
{
    const double dt = 0.001;
    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < BODIES; i++)
            for (int j = i + 1; j < BODIES; j++) {
                double d[3], square = 0;
                for (int k = 0; k < 3; k++) {
                    d[k] = position[i][k] - position[j][k];
                    square += d[k] * d[k];
                }
                double magnitude = dt / (square * __builtin_sqrt(square));
                for (int k = 0; k < 3; k++) {
                    velocity[i][k] -= d[k] * mass[j] * magnitude;
                    velocity[j][k] += d[k] * mass[i] * magnitude;
                }
            }
        for (int i = 0; i < BODIES; i++)
            for (int k = 0; k < 3; k++)
                position[i][k] += dt * velocity[i][k];
    }
    uint64_t sum = 0;
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++) {
            uint64_t bits;
            __builtin_memcpy(&bits, &position[i][k], sizeof bits);
            sum = sum * 31 + bits;
        }
    return sum;
}
