/* Floating point: conversions, rounding modes, exceptions, mathematical functions, single, double and quadruple precision. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static volatile double x[] = { 0.0, -0.0, 0.5, 1.0, 1.5, 2.5, -2.5, 3.7, 1e10, -1e10, 1e-10, 123456.789, 1e308, -5e-324, 2147483648.5, 9.3e18 };
enum { N = sizeof x / sizeof *x };

static uint64_t bits(double v) { union { double d; uint64_t u; } u = { v }; return u.u; }
static uint32_t bits32(float v) { union { float f; uint32_t u; } u = { v }; return u.u; }

static void exceptions(const char *name)
{
    int e = fetestexcept(FE_ALL_EXCEPT);
    printf(" %s%s%s%s%s%s\n", name, e & FE_INVALID ? " invalid" : "", e & FE_DIVBYZERO ? " zero" : "", e & FE_OVERFLOW ? " overflow" : "",
           e & FE_UNDERFLOW ? " underflow" : "", e & FE_INEXACT ? " inexact" : "");
    feclearexcept(FE_ALL_EXCEPT);
}

int main(void)
{
    static const int modes[] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };
    for (int m = 0; m < 4; m++) {
        fesetround(modes[m]);
        for (int i = 0; i < N; i++) {
            volatile float f = x[i];
            printf("%016llx %08x %016llx ", (unsigned long long)bits(x[i] / 3), bits32(f * 1.1f), (unsigned long long)bits(sqrt(fabs(x[i]))));
            printf("%016llx %016llx ", (unsigned long long)bits(rint(x[i])), (unsigned long long)bits(fma(x[i], 1.1, x[(i + 1) % N])));
            if (fabs(x[i]) < 9e18)
                printf("%lld %d", (long long)x[i], fabs(x[i]) < 2e9 ? (int)x[i] : 0);
            printf("\n");
        }
        exceptions("after all");
    }
    fesetround(FE_TONEAREST);
    for (int i = 0; i < N; i++)
        printf("%g: %g %g %g %g %d %d\n", x[i], floor(x[i]), ceil(x[i]), trunc(x[i]), round(x[i]), !!signbit(x[i]), fpclassify(x[i]) == FP_NORMAL);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double zero = 0, huge = DBL_MAX, tiny = DBL_MIN, r;
    r = 1 / zero; exceptions("1/0");
    r = zero / zero; exceptions("0/0");
    r = huge * 2; exceptions("huge * 2");
    r = tiny / 3; exceptions("tiny / 3");
    r = sqrt(-1 - zero); exceptions("sqrt(-1)");
    r = 1.0 / 3; exceptions("1/3");
    (void)r;
    for (double v = -3; v <= 3; v += 0.75)
        printf("%.15g %.15g %.15g %.15g %.15g %.15g\n", sin(v), cos(v), exp(v), atan2(v, 2), pow(2.5, v), tanh(v));
    for (double v = 0.1; v < 1e6; v *= 7.3)
        printf("%.15g %.15g %.15g %.15g %.15g\n", log(v), log10(v), cbrt(v), hypot(v, 3), lgamma(v));
    for (float v = -2; v <= 2; v += 0.5f)
        printf("%.8g %.8g %.8g\n", sinf(v), expf(v), v * v / 3);
    long double sum = 0;
    for (int i = 1; i < 200; i++)
        sum += 1.0L / i / i;
    printf("%.28Lg %.25Lg %.25Lg\n", sum, sqrtl(sum * 6), expl(1.0L));
    int64_t big = INT64_MAX;
    uint64_t ubig = UINT64_MAX;
    printf("%.17g %.17g %.9g %.17g\n", (double)big, (double)ubig, (float)big, (double)(int32_t)0x80000001);
    printf("%llu %u\n", (unsigned long long)(x[15] * 1.5), (unsigned)(x[14]));
#ifdef __FLOAT128__
    __float128 q = 1;
    for (int i = 1; i < 30; i++)
        q = q * 3 / 2 + (__float128)i / 7;
    printf("%.17g %lld %.17g\n", (double)q, (long long)q, (double)(q - (__float128)(double)q));
    printf("%d %d %d\n", q > 1000, q == q + 1, (int)(q / 100000));
#endif
    return 0;
}
