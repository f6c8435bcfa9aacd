/* Linear algebra, complex numbers, a transform, a differential equation, statistics: floating point as programs use it. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 24, POINTS = 64 };
static double a[N][N], b[N][N], c[N][N];
static float fa[N * N], fb[N * N];

static double random01(void)
{
    static unsigned long long state = 1;
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 11) * 0x1p-53;
}

static double determinant(double m[N][N])
{
    double d = 1;
    for (int k = 0; k < N; k++) {
        int p = k;
        for (int i = k + 1; i < N; i++)
            if (fabs(m[i][k]) > fabs(m[p][k]))
                p = i;
        if (p != k) {
            double row[N];
            memcpy(row, m[p], sizeof row), memcpy(m[p], m[k], sizeof row), memcpy(m[k], row, sizeof row);
            d = -d;
        }
        d *= m[k][k];
        for (int i = k + 1; i < N; i++) {
            double f = m[i][k] / m[k][k];
            for (int j = k; j < N; j++)
                m[i][j] -= f * m[k][j];
        }
    }
    return d;
}

static void transform(double complex *x, int n, int sign)
{
    if (n == 1)
        return;
    double complex even[POINTS / 2], odd[POINTS / 2];
    for (int i = 0; i < n / 2; i++)
        even[i] = x[2 * i], odd[i] = x[2 * i + 1];
    transform(even, n / 2, sign), transform(odd, n / 2, sign);
    for (int i = 0; i < n / 2; i++) {
        double complex t = cexp(sign * 2 * M_PI * I * i / n) * odd[i];
        x[i] = even[i] + t, x[i + n / 2] = even[i] - t;
    }
}

static void orbit(int steps)
{
    double x = 1, y = 0, vx = 0, vy = 1.1, h = 0.01;
    for (int i = 0; i < steps; i++) {
        double r3 = pow(x * x + y * y, 1.5);
        vx -= h * x / r3, vy -= h * y / r3;
        x += h * vx, y += h * vy;
    }
    printf("orbit %.12g %.12g %.12g\n", x, y, atan2(y, x));
}

static int ascending(const void *p, const void *q) { double x = *(const double *)p, y = *(const double *)q; return (x > y) - (x < y); }

int main(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            a[i][j] = random01() - 0.5, b[i][j] = random01() + (i == j), fa[i * N + j] = a[i][j], fb[i * N + j] = b[i][j];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int k = 0; k < N; k++)
                c[i][j] += a[i][k] * b[k][j];
    float dot = 0, norm = 0;
    for (int i = 0; i < N * N; i++)
        dot += fa[i] * fb[i], norm = fmaxf(norm, fabsf(fa[i] - fb[i]));
    printf("product %.10g %.10g %.10g, singles %.6g %.6g\n", c[0][0], c[7][11], c[N - 1][N - 1], dot, norm);
    printf("determinants %.9g %.9g\n", determinant(a), determinant(b));
    double complex x[POINTS], sum = 0;
    for (int i = 0; i < POINTS; i++)
        x[i] = sin(0.3 * i) + I * cos(0.07 * i * i);
    transform(x, POINTS, -1);
    for (int i = 0; i < POINTS; i += 9)
        printf("%.9g%+.9gi ", creal(x[i]), cimag(x[i]));
    transform(x, POINTS, 1);
    for (int i = 0; i < POINTS; i++)
        sum += x[i] / POINTS;
    printf("\nback %.9g%+.9gi %.9g %.9g\n", creal(sum), cimag(sum), cabs(csqrt(sum)), carg(sum / (1 + 2 * I)));
    orbit(2000);
    double samples[501], mean = 0, variance = 0;
    for (int i = 0; i < 501; i++)
        samples[i] = sqrt(-2 * log(random01() + 1e-12)) * cos(2 * M_PI * random01());
    for (int i = 0; i < 501; i++)
        mean += samples[i] / 501;
    for (int i = 0; i < 501; i++)
        variance += (samples[i] - mean) * (samples[i] - mean) / 500;
    qsort(samples, 501, sizeof *samples, ascending);
    printf("mean %.9f variance %.9f median %.9f erf %.12g gamma %.12g\n", mean, variance, samples[250], erf(mean), tgamma(variance + 3));
    return 0;
}
