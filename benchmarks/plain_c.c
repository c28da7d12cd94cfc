/* The step of benchmarks/models.py in plain C, by blocks of 128 paths: what the kernel does, without numba.
   Numbers come as one stream of float64 in the order of `read`; sizes are given when compiling. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LANES 128
typedef struct { int ptr[ROWS + 1]; int col[MANY]; float value[MANY]; float bound[MANY]; } Sparse;

static Sparse pull, mix, ratio, excite, effects, entry_effects, odds, whole;
static float low[D], high[D], rho[D], constant[D], noise_size[D], start[D];
static float unprompted[K], offset[K], decay[G], first_trace[G], logit[E];
static int source[G], dated[E];
static uint32_t noise_stream[D], count_stream[K], entry_stream[E];

static double next(FILE *f) { double x; if (fread(&x, 8, 1, f) != 1) exit(2); return x; }
static void floats(FILE *f, float *out, int n) { for (int i = 0; i < n; i++) out[i] = (float)next(f); }
static void ints(FILE *f, int *out, int n) { for (int i = 0; i < n; i++) out[i] = (int)next(f); }
static void words(FILE *f, uint32_t *out, int n) { for (int i = 0; i < n; i++) out[i] = (uint32_t)next(f); }
static void sparse(FILE *f, Sparse *s, int rows, int bound) {
    ints(f, s->ptr, rows + 1);
    ints(f, s->col, s->ptr[rows]);
    floats(f, s->value, s->ptr[rows]);
    if (bound) floats(f, s->bound, s->ptr[rows]);
}

static float x[D + 1][LANES], y[D][LANES], trace[G][LANES], u[4][K][LANES], z[4][D][LANES], events[K][LANES];
static float happens[E][LANES], chance[E][LANES], rate[LANES], states[T + 1][D + 1][LANES];
static uint16_t counts[T][K][LANES];

static inline float exp_parts(float x, float *scale) {
    x = x < -87.f ? -87.f : x > 88.f ? 88.f : x;
    float z = x * 1.44269504f + 12582912.f;
    int32_t bits; memcpy(&bits, &z, 4);
    int32_t n = bits - 0x4B400000, power = (n + 127) << 23;
    float nf = (float)n, r = x - nf * 0.693359375f + nf * 2.12194440e-4f;
    float p = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r
               + 1.6666665459e-1f) * r + 5.0000001201e-1f;
    memcpy(scale, &power, 4);
    return p * (r * r) + r;
}
static inline float fast_exp(float x) { float s, p = exp_parts(x, &s); return (p + 1) * s; }
static inline float fast_expm1(float x) { float s, p = exp_parts(x, &s); return s * p + (s - 1); }
static inline float fast_log(float x) {
    int32_t bits; memcpy(&bits, &x, 4);
    bits += 0x3F800000 - 0x3F3504F3;
    float e = (float)((bits >> 23) - 127);
    int32_t mantissa = (bits & 0x007FFFFF) + 0x3F3504F3;
    float m; memcpy(&m, &mantissa, 4);
    float f = m - 1, z = f * f;
    float p = (((((((7.0376836292e-2f * f - 1.1514610310e-1f) * f + 1.1676998740e-1f) * f - 1.2420140846e-1f) * f
                  + 1.4249322787e-1f) * f - 1.6668057665e-1f) * f + 2.0000714765e-1f) * f - 2.4999993993e-1f) * f
              + 3.3333331174e-1f;
    return e * 0.69314718f + (f + (p * f * z - 0.5f * z));
}

static inline void philox(uint32_t path, uint32_t quarter, uint32_t stream, uint32_t purpose, uint32_t *w) {
    uint64_t c0 = path, c1 = quarter, c2 = stream, c3 = purpose;
    uint32_t k0 = 1, k1 = 0;
    for (int r = 0; r < 10; r++) {
        uint64_t a = (c0 & 0xFFFFFFFF) * 0xD2511F53u, b = (c2 & 0xFFFFFFFF) * 0xCD9E8D57u;
        c0 = (b >> 32) ^ c1 ^ k0;
        c1 = b & 0xFFFFFFFF;
        c2 = (a >> 32) ^ c3 ^ k1;
        c3 = a & 0xFFFFFFFF;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    w[0] = (uint32_t)c0, w[1] = (uint32_t)c1, w[2] = (uint32_t)c2, w[3] = (uint32_t)c3;
}
static uint32_t word[4][LANES];
static void four_words(uint32_t first, uint32_t quarter, uint32_t stream, uint32_t purpose) {
    for (int i = 0; i < LANES; i++) {
        uint32_t w[4];
        philox(first + i, quarter, stream, purpose, w);
        word[0][i] = w[0], word[1][i] = w[1], word[2][i] = w[2], word[3][i] = w[3];
    }
}
static inline float uniform(uint32_t w) {
    float u = (float)(int32_t)(w >> 1) * 4.6566128730773926e-10f + 2.3283064365386963e-10f;
    return u < 0.99999994f ? u : 0.99999994f;
}
static inline float uniform24(uint32_t w) { return (float)(int32_t)(w >> 8) * 5.9604644775390625e-8f + 2.98023223876953125e-8f; }

static void normals(const uint32_t *restrict radius, const uint32_t *restrict angle, float *restrict a, float *restrict b) {
    for (int i = 0; i < LANES; i++) {
        float u = uniform24(radius[i]), v = uniform24(angle[i]);
        float size = sqrtf(-2.f * fast_log(u)), z = v * 4.f + 12582912.f;
        int32_t bits; memcpy(&bits, &z, 4);
        int32_t quadrant = bits - 0x4B400000;
        float t = (v - (float)quadrant * 0.25f) * 6.28318531f, t2 = t * t;
        float sine = ((-1.9515295891e-4f * t2 + 8.3321608736e-3f) * t2 - 1.6666654611e-1f) * t2 * t + t;
        float cosine = ((2.443315711809948e-5f * t2 - 1.388731625493765e-3f) * t2 + 4.166664568298827e-2f) * t2 * t2
                       - 0.5f * t2 + 1.f;
        float s = quadrant & 1 ? cosine : sine, c = quadrant & 1 ? sine : cosine;
        s = quadrant & 2 ? -s : s;
        c = (quadrant + 1) & 2 ? -c : c;
        a[i] = size * c;
        b[i] = size * s;
    }
}

/* Lanes that passed 1, decided anew where some lane reached 3. */
static int tail(const float *u, const float *rate, float *out) {
    int most = 0;
    for (int i = 0; i < LANES; i++)
        if (out[i] > 1) {
            double p = exp(-(double)rate[i]), below = p;
            int n = 0;
            while (below < 1.0 - u[i] && n < 60000) { n++; p *= rate[i] / n; below += p; }
            n = n < 2 ? 2 : n;
            out[i] = (float)n;
            most = most > n ? most : n;
        }
    return most;
}
static void add(float *restrict out, const Sparse *s, int r, float (*rows)[LANES]) {
    for (int j = s->ptr[r]; j < s->ptr[r + 1]; j++) {
        const float *restrict x = rows[s->col[j]];
        float w = s->value[j];
        for (int i = 0; i < LANES; i++) out[i] += w * x[i];
    }
}
#ifdef BY_HAND
#include "by_hand.h"
#else
static void apply(float (*y)[LANES], const Sparse *s, int r, const float *restrict times, int most) {
    for (int j = s->ptr[r]; j < s->ptr[r + 1]; j++) {
        float *restrict x = y[s->col[j]];
        float share = s->value[j], bound = s->bound[j];
        for (int n = 1; n <= most; n++)
            for (int i = 0; i < LANES; i++) {
                float moved = bound - (1 - share) * (bound - x[i]);
                x[i] = times[i] >= n ? moved : x[i];
            }
    }
}
static int poisson(const float *restrict u, const float *restrict rate, float *restrict out) {
    int some = 0, most = 0;
    for (int i = 0; i < LANES; i++) some += u[i] < rate[i];
    if (!some) { memset(out, 0, LANES * sizeof *out); return 0; }
    for (int i = 0; i < LANES; i++) {
        float one = -fast_expm1(-rate[i]), exactly = rate[i] * (1 - one), two = one - exactly;
        float three = two - 0.5f * rate[i] * exactly;
        int n = (u[i] < one) + (u[i] < two) + (u[i] < three);
        out[i] = (float)n;
        most = most > n ? most : n;
    }
    return most < 3 ? most : tail(u, rate, out);
}
static void draw_quarter(uint32_t first, uint32_t quarter) {
    for (int k = 0; k < K; k++) {
        four_words(first, quarter, count_stream[k], 2);
        for (int t = 0; t < 4; t++) for (int i = 0; i < LANES; i++) u[t][k][i] = uniform(word[t][i]);
    }
    for (int d = 0; d < D; d++) {
        four_words(first, quarter, noise_stream[d], 1);
        normals(word[0], word[1], z[0][d], z[1][d]);
        normals(word[2], word[3], z[2][d], z[3][d]);
    }
}
static int count_events(int k, int phase) {
    for (int i = 0; i < LANES; i++) rate[i] = offset[k];
    add(rate, &ratio, k, x);
    for (int i = 0; i < LANES; i++) rate[i] = unprompted[k] * fast_exp(rate[i]);
    add(rate, &excite, k, trace);
    for (int i = 0; i < LANES; i++) rate[i] = rate[i] > 50.f ? 50.f : rate[i];
    return poisson(u[phase][k], rate, events[k]);
}
static void unforced(int d, int phase) {
    for (int i = 0; i < LANES; i++) y[d][i] = constant[d] + rho[d] * x[d][i];
    add(y[d], &pull, d, x);
    add(y[d], &mix, d, z[phase]);
    for (int i = 0; i < LANES; i++) {
        float v = y[d][i], down = high[d] + (high[d] - v), up = low[d] + (low[d] - v);
        down = down >= low[d] ? down : high[d];
        up = up <= high[d] ? up : low[d];
        y[d][i] = v > high[d] ? down : v < low[d] ? up : v;
    }
}
static void decay_traces(const int *most) {
    (void)most;
    for (int g = 0; g < G; g++)
        for (int i = 0; i < LANES; i++) trace[g][i] = decay[g] * trace[g][i] + (1 - decay[g]) * events[source[g]][i];
}
#endif

static void block(uint32_t first) {
    int most[K];
    for (int d = 0; d < D; d++) for (int i = 0; i < LANES; i++) x[d][i] = start[d];
    memset(x[D], 0, sizeof x[D]);
    add(x[D], &whole, 0, x);
    for (int g = 0; g < G; g++) for (int i = 0; i < LANES; i++) trace[g][i] = first_trace[g];
    memcpy(states[0], x, sizeof x);
    for (int e = 0; e < E; e++) {
        four_words(first, 0, entry_stream[e], 3);
        for (int i = 0; i < LANES; i++) chance[e][i] = uniform(word[0][i]);
    }
    for (int day = 1; day <= T; day++) {
        int phase = (day - 1) & 3;
        if (phase == 0) draw_quarter(first, (uint32_t)(day - 1) >> 2);
        for (int k = 0; k < K; k++) most[k] = count_events(k, phase);
        for (int e = 0; e < E; e++) {
            if (dated[e] != day) continue;
            for (int i = 0; i < LANES; i++) rate[i] = logit[e];
            add(rate, &odds, e, x);
            for (int i = 0; i < LANES; i++) happens[e][i] = chance[e][i] < 1 / (1 + fast_exp(-rate[i]));
        }
        for (int d = 0; d < D; d++) unforced(d, phase);
        for (int k = 0; k < K; k++) if (most[k]) apply(y, &effects, k, events[k], most[k]);
        for (int e = 0; e < E; e++) if (dated[e] == day) apply(y, &entry_effects, e, happens[e], 1);
        decay_traces(most);
        memcpy(x, y, sizeof y);
        memset(x[D], 0, sizeof x[D]);
        add(x[D], &whole, 0, x);
        memcpy(states[day], x, sizeof x);
        for (int k = 0; k < K; k++) for (int i = 0; i < LANES; i++) counts[day - 1][k][i] = (uint16_t)(int)events[k][i];
    }
}

int main(int argc, char **argv) {
    int blocks = atoi(argv[2]);
    FILE *f = fopen(argv[1], "rb");
    if (!f || argc < 3) return 2;
    floats(f, low, D); floats(f, high, D); floats(f, rho, D); floats(f, constant, D); floats(f, start, D);
    floats(f, unprompted, K); floats(f, offset, K); floats(f, decay, G); floats(f, first_trace, G); floats(f, logit, E);
    ints(f, source, G); ints(f, dated, E);
    words(f, noise_stream, D); words(f, count_stream, K); words(f, entry_stream, E);
    sparse(f, &pull, D, 0); sparse(f, &mix, D, 0); sparse(f, &ratio, K, 0); sparse(f, &excite, K, 0);
    sparse(f, &effects, K, 1); sparse(f, &entry_effects, E, 1); sparse(f, &odds, E, 0); sparse(f, &whole, 1, 0);
    char line[16];
    while (fgets(line, sizeof line, stdin)) {
        double events_seen = 0;
        clock_t begun = clock();
        for (int n = 0; n < blocks; n++) {
            block((uint32_t)n * LANES);
            events_seen += counts[T - 1][0][n % LANES] + states[T][0][0] * 1e-30;
        }
        double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
        double total = 0;
        for (int t = 0; t < T; t++) for (int k = 0; k < K; k++) for (int i = 0; i < LANES; i++) total += counts[t][k][i];
        printf("%.9f %.0f %.3f\n", seconds, total, events_seen);
        fflush(stdout);
    }
    return 0;
}
