/* Formats numbers and text as a C library does: integers, doubles, long doubles, pointers, times. */
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const double doubles[] = { 0.0, -0.0, 1.0 / 3, 1e300, 5e-324, DBL_MAX, DBL_MIN, 123456789.125, 0.1, 1e22, 2.5, 1e-7 };
    printf("%d arguments, the last is %s\n", argc - 1, argv[argc - 1] + (argc > 1 ? 0 : strlen(argv[0])));
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        printf("%g %.17g %e %f %a %.0f\n", doubles[i], doubles[i], doubles[i], doubles[i] < 1e30 ? doubles[i] : 0, doubles[i], doubles[i] < 1e30 ? doubles[i] : 0);
    printf("%f %f %f\n", __builtin_inf(), -__builtin_inf(), __builtin_nan(""));
    for (int i = 0; i < 64; i += 7)
        printf("%d %u %" PRId64 " %" PRIu64 " %" PRIx64 " %#o\n", -i, i, -(INT64_C(1) << i), UINT64_C(1) << i, ~(UINT64_C(1) << i), i);
    printf("[%10s] [%-10s] [%.3s] [%*d] [%c] [%%] [%+d] [% d] [%05d]\n", "right", "left", "cut off", 7, 42, 'x', 5, 5, -42);
    long double third = 1.0L / 3;
    printf("%.30Lg %.20Le %Lf\n", third, third * 1e10L, third + 1000);
    printf("%.6Lf %.6Lf\n", strtold("3.14159265358979323846", NULL) * 2, (long double)7 / 11);
    char text[64];
    snprintf(text, sizeof text, "%s:%08.3f", "value", 3.14159);
    puts(text);
    static const char *numbers[] = { "1e10", "0x1.8p3", "-12.5e-3", "inf", "nan", "123456789012345678901234567890", "4.9e-324", "1.7976931348623157e308" };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        printf("%s = %.17g = %.9g\n", numbers[i], strtod(numbers[i], NULL), strtof(numbers[i], NULL));
    printf("%ld %lu %ld\n", strtol("-123abc", NULL, 10), strtoul("ffffffffffffffff", NULL, 16), strtol("zz", NULL, 36));
    return argc;
}
