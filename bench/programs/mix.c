/* What a CPU does for many programs: sorting through a function pointer, matrices, a state machine, divisions. */
#include <stdint.h>

#define COUNT 64
#define SIZE 12

static uint32_t values[COUNT];
static uint32_t a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];
static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

static int ascending(uint32_t x, uint32_t y) { return x < y ? -1 : x > y; }
static int by_low_byte(uint32_t x, uint32_t y) { return (int)(x & 255) - (int)(y & 255); }
static int (*const orders[2])(uint32_t, uint32_t) = {ascending, by_low_byte};

__attribute__((noinline)) static void sort(int (*order)(uint32_t, uint32_t))
{
    for (int gap = COUNT / 2; gap > 0; gap /= 2)
        for (int i = gap; i < COUNT; i++) {
            uint32_t value = values[i];
            int j = i;
            for (; j >= gap && order(values[j - gap], value) > 0; j -= gap)
                values[j] = values[j - gap];
            values[j] = value;
        }
}

__attribute__((noinline)) static uint32_t multiply(void)
{
    uint32_t sum = 0;
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            uint32_t dot = 0;
            for (int k = 0; k < SIZE; k++)
                dot += a[i][k] * b[k][j];
            c[i][j] = dot;
            sum ^= dot;
        }
    return sum;
}

/* Numbers in text: integers, fractions, exponents, errors. */
enum state { START, SIGN, INTEGER, FRACTION, EXPONENT, ERROR, STATES };
static const char text[] = "12 -7 3.5e2 x9 +44 0.25 1e-3 99999 --1 6.02e23 .5 e7 -0.0 31415";

__attribute__((noinline)) static uint32_t scan(void)
{
    static uint32_t counts[STATES];
    enum state state = START;
    for (const char *p = text; *p != 0; p++) {
        char ch = *p;
        int digit = ch >= '0' && ch <= '9';
        switch (state) {
        case START:
            state = digit ? INTEGER : ch == '+' || ch == '-' ? SIGN : ch == '.' ? FRACTION : ERROR;
            break;
        case SIGN:
            state = digit ? INTEGER : ch == '.' ? FRACTION : ERROR;
            break;
        case INTEGER:
            if (!digit)
                state = ch == '.' ? FRACTION : ch == 'e' ? EXPONENT : ch == ' ' ? START : ERROR;
            break;
        case FRACTION:
            if (!digit)
                state = ch == 'e' ? EXPONENT : ch == ' ' ? START : ERROR;
            break;
        case EXPONENT:
            if (!digit && ch != '-')
                state = ch == ' ' ? START : ERROR;
            break;
        default:
            if (ch == ' ')
                state = START;
        }
        counts[state]++;
    }
    uint32_t sum = 0;
    for (int i = 0; i < STATES; i++)
        sum = sum * 31 + counts[i];
    return sum;
}

__attribute__((noinline)) static uint64_t divide(uint64_t n)
{
    uint64_t sum = 0;
    for (uint64_t d = 3; d < 40; d += 2)
        sum += n / d + (uint32_t)n % (uint32_t)d;
    return sum;
}

uint64_t work(uint64_t rounds)
{
    uint64_t sum = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < COUNT; i++)
            values[i] = next_random();
        sort(orders[round & 1]);
        sum += values[round % COUNT];
        for (int i = 0; i < SIZE; i++)
            for (int j = 0; j < SIZE; j++)
                a[i][j] = values[(i + j) % COUNT] + (uint32_t)round, b[i][j] = values[(i * j) % COUNT];
        sum = sum * 17 + multiply();
        sum ^= scan();
        sum += divide(sum);
    }
    return sum;
}
