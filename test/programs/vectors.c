/* Loops that compilers turn into vector instructions: integers of all sizes, floats, doubles, reductions, selections. */
#include <stdint.h>
#include <stdio.h>

enum { N = 131 };
#define LOOPS(name, type, print)                                                       \
    static type name##a[N], name##b[N], name##c[N];                                    \
    __attribute__((noinline)) static void name(void)                                   \
    {                                                                                  \
        type sum = 0, most = 0, least = 100;                                           \
        for (int i = 0; i < N; i++)                                                    \
            name##a[i] = (type)(i * 37 % 101 - 20), name##b[i] = (type)(i * 11 % 17 + 1); \
        for (int i = 0; i < N; i++)                                                    \
            name##c[i] = name##a[i] + name##b[i] * 3;                                  \
        for (int i = 0; i < N; i++)                                                    \
            name##c[i] = name##a[i] > name##b[i] ? name##c[i] : name##a[i] - name##b[i]; \
        for (int i = 0; i < N; i++)                                                    \
            sum += name##c[i];                                                         \
        for (int i = 0; i < N; i++) {                                                  \
            most = name##c[i] > most ? name##c[i] : most;                              \
            least = name##c[i] < least ? name##c[i] : least;                           \
        }                                                                              \
        for (int i = 0; i < N; i++)                                                    \
            name##a[i] = name##c[N - 1 - i] * name##b[i];                              \
        for (int i = 0; i < N; i++)                                                    \
            sum += name##a[i] / name##b[i];                                            \
        printf(#name " " print " " print " " print "\n", sum, most, least);            \
    }
#define SHIFTS(name, type)                                                             \
    __attribute__((noinline)) static void name##_shifts(void)                          \
    {                                                                                  \
        uint64_t sum = 0;                                                              \
        for (int i = 0; i < N; i++)                                                    \
            name##c[i] = name##a[i] >> 2;                                              \
        for (int i = 0; i < N; i++)                                                    \
            name##c[i] ^= (type)(name##a[i] << 3) & ~name##b[i];                       \
        for (int i = 0; i < N; i++)                                                    \
            name##c[i] += __builtin_popcountll((uint64_t)name##a[i]);                  \
        for (int i = 0; i < N; i++)                                                    \
            sum = sum * 31 + (uint64_t)name##c[i];                                     \
        printf(#name " shifts %llx\n", (unsigned long long)sum);                       \
    }
LOOPS(s8, int8_t, "%d")
LOOPS(u8, uint8_t, "%u")
LOOPS(s16, int16_t, "%d")
LOOPS(u16, uint16_t, "%u")
LOOPS(s32, int32_t, "%d")
LOOPS(u32, uint32_t, "%u")
LOOPS(s64, long long, "%lld")
LOOPS(u64, unsigned long long, "%llu")
LOOPS(f32, float, "%.9g")
LOOPS(f64, double, "%.17g")
SHIFTS(s8, int8_t)
SHIFTS(u16, uint16_t)
SHIFTS(s32, int32_t)
SHIFTS(u32, uint32_t)
SHIFTS(s64, long long)
SHIFTS(u64, unsigned long long)

static float f32s[N];
static double f64s[N];
static int32_t i32s[N];
static uint8_t bytes[4 * N];

__attribute__((noinline)) static void conversions(void)
{
    double total = 0;
    int64_t sum = 0;
    for (int i = 0; i < N; i++)
        f32s[i] = i * 0.75f - 20;
    for (int i = 0; i < N; i++)
        f64s[i] = f32s[i];
    for (int i = 0; i < N; i++)
        i32s[i] = f64s[i] * 3;
    for (int i = 0; i < N; i++)
        f32s[i] = i32s[i];
    for (int i = 0; i < N; i++)
        total += __builtin_sqrt(f64s[i] * f64s[i] + 1) + __builtin_fabs(f64s[i]);
    for (int i = 0; i < 4 * N; i++)
        bytes[i] = i32s[i / 4] >> 8 * (i % 4);
    for (int i = 0; i < 4 * N; i++)
        sum += bytes[i];
    printf("conversions %.17g %lld %.9g\n", total, (long long)sum, f32s[77]);
}

__attribute__((noinline)) static void interleaved(void)
{
    static int16_t stereo[2 * N];
    static int32_t mono[N], dot;
    for (int i = 0; i < 2 * N; i++)
        stereo[i] = (int16_t)(i * 331);
    for (int i = 0; i < N; i++)
        mono[i] = (stereo[2 * i] + stereo[2 * i + 1]) / 2;
    for (int i = 0; i < N; i++)
        dot += stereo[i] * stereo[N + i];
    for (int i = 0; i < N; i++)
        stereo[2 * i] = mono[i], stereo[2 * i + 1] = (int16_t)-mono[i];
    uint32_t hash = 0;
    for (int i = 0; i < 2 * N; i++)
        hash = hash * 31 + (uint16_t)stereo[i];
    printf("interleaved %d %08x\n", dot, hash);
}

int main(void)
{
    s8(), u8(), s16(), u16(), s32(), u32(), s64(), u64(), f32(), f64();
    s8_shifts(), u16_shifts(), s32_shifts(), u32_shifts(), s64_shifts(), u64_shifts();
    conversions();
    interleaved();
    return 0;
}
