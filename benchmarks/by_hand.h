/* The hot rows of plain_c.c by hand, 16 paths in a register: AVX-512, contraction allowed, every step of a row fused. */
#include <immintrin.h>

#define WIDE 16
#define SET(x) _mm512_set1_ps(x)
typedef __m512 V;
typedef __m512i W;

static inline V exp_parts_wide(V x, V *scale) {
    x = _mm512_min_ps(_mm512_max_ps(x, SET(-87.f)), SET(88.f));
    V n = _mm512_roundscale_ps(_mm512_mul_ps(x, SET(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    V r = _mm512_fnmadd_ps(n, SET(0.693359375f), x);
    r = _mm512_fmadd_ps(n, SET(2.12194440e-4f), r);
    V p = _mm512_fmadd_ps(SET(1.9875691500e-4f), r, SET(1.3981999507e-3f));
    p = _mm512_fmadd_ps(p, r, SET(8.3334519073e-3f));
    p = _mm512_fmadd_ps(p, r, SET(4.1665795894e-2f));
    p = _mm512_fmadd_ps(p, r, SET(1.6666665459e-1f));
    p = _mm512_fmadd_ps(p, r, SET(5.0000001201e-1f));
    *scale = _mm512_scalef_ps(SET(1.f), n);
    return _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), r);
}
static inline V exp_wide(V x) { V s, p = exp_parts_wide(x, &s); return _mm512_fmadd_ps(p, s, s); }
static inline V expm1_wide(V x) { V s, p = exp_parts_wide(x, &s); return _mm512_fmadd_ps(s, p, _mm512_sub_ps(s, SET(1.f))); }
static inline V log_wide(V x) {
    W bits = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x3F800000 - 0x3F3504F3));
    V e = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_srli_epi32(bits, 23), _mm512_set1_epi32(127)));
    W m = _mm512_add_epi32(_mm512_and_si512(bits, _mm512_set1_epi32(0x007FFFFF)), _mm512_set1_epi32(0x3F3504F3));
    V f = _mm512_sub_ps(_mm512_castsi512_ps(m), SET(1.f)), z = _mm512_mul_ps(f, f);
    V p = _mm512_fmadd_ps(SET(7.0376836292e-2f), f, SET(-1.1514610310e-1f));
    p = _mm512_fmadd_ps(p, f, SET(1.1676998740e-1f));
    p = _mm512_fmadd_ps(p, f, SET(-1.2420140846e-1f));
    p = _mm512_fmadd_ps(p, f, SET(1.4249322787e-1f));
    p = _mm512_fmadd_ps(p, f, SET(-1.6668057665e-1f));
    p = _mm512_fmadd_ps(p, f, SET(2.0000714765e-1f));
    p = _mm512_fmadd_ps(p, f, SET(-2.4999993993e-1f));
    p = _mm512_fmadd_ps(p, f, SET(3.3333331174e-1f));
    V tail = _mm512_fmsub_ps(_mm512_mul_ps(p, f), z, _mm512_mul_ps(SET(0.5f), z));
    return _mm512_fmadd_ps(e, SET(0.69314718f), _mm512_add_ps(f, tail));
}

/* Four words of sixteen paths: even and odd lanes apart, as the multiplication wants them. */
static inline void philox_wide(uint32_t first, uint32_t quarter, uint32_t stream, uint32_t purpose, W *out) {
    const W m0 = _mm512_set1_epi64(0xD2511F53), m1 = _mm512_set1_epi64(0xCD9E8D57);
    W even[4], odd[4];
    W path = _mm512_add_epi32(_mm512_set1_epi32((int)first), _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    even[0] = path, odd[0] = _mm512_srli_epi64(path, 32);
    even[1] = odd[1] = _mm512_set1_epi64(quarter);
    even[2] = odd[2] = _mm512_set1_epi64(stream);
    even[3] = odd[3] = _mm512_set1_epi64(purpose);
    uint32_t k0 = 1, k1 = 0;
    for (int r = 0; r < 10; r++) {
        W a = _mm512_set1_epi64(k0), b = _mm512_set1_epi64(k1);
        for (int half = 0; half < 2; half++) {
            W *c = half ? odd : even;
            W p = _mm512_mul_epu32(c[0], m0), q = _mm512_mul_epu32(c[2], m1);
            c[0] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(q, 32), c[1], a, 0x96);
            c[2] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p, 32), c[3], b, 0x96);
            c[1] = q, c[3] = p;
        }
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    for (int j = 0; j < 4; j++) out[j] = _mm512_mask_blend_epi32(0xAAAA, even[j], _mm512_slli_epi64(odd[j], 32));
}
static inline V uniform_wide(W w) {
    V u = _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_srli_epi32(w, 1)), SET(4.6566128730773926e-10f), SET(2.3283064365386963e-10f));
    return _mm512_min_ps(u, SET(0.99999994f));
}
static inline V uniform24_wide(W w) {
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_srli_epi32(w, 8)), SET(5.9604644775390625e-8f), SET(2.98023223876953125e-8f));
}
static inline void pair_wide(W radius, W angle, float *a, float *b) {
    V size = _mm512_sqrt_ps(_mm512_mul_ps(SET(-2.f), log_wide(uniform24_wide(radius))));
    V v = uniform24_wide(angle);
    V n = _mm512_roundscale_ps(_mm512_mul_ps(v, SET(4.f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    W quadrant = _mm512_cvtps_epi32(n);
    V t = _mm512_mul_ps(_mm512_fnmadd_ps(n, SET(0.25f), v), SET(6.28318531f)), t2 = _mm512_mul_ps(t, t);
    V s = _mm512_fmadd_ps(SET(-1.9515295891e-4f), t2, SET(8.3321608736e-3f));
    s = _mm512_fmadd_ps(s, t2, SET(-1.6666654611e-1f));
    s = _mm512_fmadd_ps(_mm512_mul_ps(s, t2), t, t);
    V c = _mm512_fmadd_ps(SET(2.443315711809948e-5f), t2, SET(-1.388731625493765e-3f));
    c = _mm512_fmadd_ps(c, t2, SET(4.166664568298827e-2f));
    c = _mm512_fmadd_ps(_mm512_mul_ps(c, t2), t2, _mm512_fnmadd_ps(SET(0.5f), t2, SET(1.f)));
    __mmask16 swap = _mm512_test_epi32_mask(quadrant, _mm512_set1_epi32(1));
    W s_sign = _mm512_slli_epi32(_mm512_and_si512(quadrant, _mm512_set1_epi32(2)), 30);
    W c_sign = _mm512_slli_epi32(_mm512_and_si512(_mm512_add_epi32(quadrant, _mm512_set1_epi32(1)), _mm512_set1_epi32(2)), 30);
    V sine = _mm512_xor_ps(_mm512_mask_blend_ps(swap, s, c), _mm512_castsi512_ps(s_sign));
    V cosine = _mm512_xor_ps(_mm512_mask_blend_ps(swap, c, s), _mm512_castsi512_ps(c_sign));
    _mm512_storeu_ps(a, _mm512_mul_ps(size, cosine));
    _mm512_storeu_ps(b, _mm512_mul_ps(size, sine));
}

static void draw_quarter(uint32_t first, uint32_t quarter) {
    W w[4];
    for (int k = 0; k < K; k++)
        for (int i = 0; i < LANES; i += WIDE) {
            philox_wide(first + i, quarter, count_stream[k], 2, w);
            for (int t = 0; t < 4; t++) _mm512_storeu_ps(&u[t][k][i], uniform_wide(w[t]));
        }
    for (int d = 0; d < D; d++)
        for (int i = 0; i < LANES; i += WIDE) {
            philox_wide(first + i, quarter, noise_stream[d], 1, w);
            pair_wide(w[0], w[1], &z[0][d][i], &z[1][d][i]);
            pair_wide(w[2], w[3], &z[2][d][i], &z[3][d][i]);
        }
}

static inline V row_wide(V out, const Sparse *s, int r, float (*rows)[LANES], int i) {
    for (int j = s->ptr[r]; j < s->ptr[r + 1]; j++)
        out = _mm512_fmadd_ps(SET(s->value[j]), _mm512_loadu_ps(&rows[s->col[j]][i]), out);
    return out;
}

/* Rate and count of one event type in one pass; only registers in which an event is possible are worked out. */
static int count_events(int k, int phase) {
    int most = 0, past_two = 0;
    for (int i = 0; i < LANES; i += WIDE) {
        V lam = _mm512_mul_ps(SET(unprompted[k]), exp_wide(row_wide(SET(offset[k]), &ratio, k, x, i)));
        lam = _mm512_min_ps(row_wide(lam, &excite, k, trace, i), SET(50.f));
        V draw = _mm512_loadu_ps(&u[phase][k][i]), n = _mm512_setzero_ps();
        if (_mm512_cmp_ps_mask(draw, lam, _CMP_LT_OQ)) {
            V one = _mm512_sub_ps(n, expm1_wide(_mm512_sub_ps(n, lam)));
            V exactly = _mm512_mul_ps(lam, _mm512_sub_ps(SET(1.f), one)), two = _mm512_sub_ps(one, exactly);
            V three = _mm512_fnmadd_ps(_mm512_mul_ps(SET(0.5f), lam), exactly, two);
            __mmask16 a = _mm512_cmp_ps_mask(draw, one, _CMP_LT_OQ), b = _mm512_cmp_ps_mask(draw, two, _CMP_LT_OQ);
            past_two |= _mm512_cmp_ps_mask(draw, three, _CMP_LT_OQ);
            n = _mm512_mask_add_ps(_mm512_maskz_mov_ps(a, SET(1.f)), b, _mm512_maskz_mov_ps(a, SET(1.f)), SET(1.f));
            most = b ? 2 : a && most < 1 ? 1 : most;
        }
        _mm512_storeu_ps(&events[k][i], n);
        _mm512_storeu_ps(&rate[i], lam);
    }
    if (past_two) most = tail(u[phase][k], rate, events[k]);
    return most;
}

static void unforced(int d, int phase) {
    V l = SET(low[d]), h = SET(high[d]);
    for (int i = 0; i < LANES; i += WIDE) {
        V v = _mm512_fmadd_ps(SET(rho[d]), _mm512_loadu_ps(&x[d][i]), SET(constant[d]));
        v = row_wide(row_wide(v, &pull, d, x, i), &mix, d, z[phase], i);
        V down = _mm512_max_ps(_mm512_sub_ps(_mm512_add_ps(h, h), v), l), up = _mm512_min_ps(_mm512_sub_ps(_mm512_add_ps(l, l), v), h);
        V back = _mm512_mask_mov_ps(v, _mm512_cmp_ps_mask(v, h, _CMP_GT_OQ), down);
        _mm512_storeu_ps(&y[d][i], _mm512_mask_mov_ps(back, _mm512_cmp_ps_mask(v, l, _CMP_LT_OQ), up));
    }
}

static void apply(float (*rows)[LANES], const Sparse *s, int r, const float *times, int most) {
    for (int i = 0; i < LANES; i += WIDE) {
        V n = _mm512_loadu_ps(&times[i]);
        if (!_mm512_cmp_ps_mask(n, SET(0.f), _CMP_GT_OQ)) continue;
        for (int j = s->ptr[r]; j < s->ptr[r + 1]; j++) {
            V row = _mm512_loadu_ps(&rows[s->col[j]][i]), bound = SET(s->bound[j]), kept = SET(1.f - s->value[j]);
            for (int m = 1; m <= most; m++)
                row = _mm512_mask_mov_ps(row, _mm512_cmp_ps_mask(n, SET((float)m), _CMP_GE_OQ),
                                         _mm512_fnmadd_ps(kept, _mm512_sub_ps(bound, row), bound));
            _mm512_storeu_ps(&rows[s->col[j]][i], row);
        }
    }
}

static void decay_traces(const int *most) {
    for (int g = 0; g < G; g++) {
        V q = SET(decay[g]), p = SET(1.f - decay[g]);
        const float *n = events[source[g]];
        if (most[source[g]])
            for (int i = 0; i < LANES; i += WIDE)
                _mm512_storeu_ps(&trace[g][i], _mm512_fmadd_ps(p, _mm512_loadu_ps(&n[i]), _mm512_mul_ps(q, _mm512_loadu_ps(&trace[g][i]))));
        else
            for (int i = 0; i < LANES; i += WIDE) _mm512_storeu_ps(&trace[g][i], _mm512_mul_ps(q, _mm512_loadu_ps(&trace[g][i])));
    }
}
