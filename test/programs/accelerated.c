/* Instructions that compilers give as built-in functions: AES, SHA, carry-less products, permutations, decimal, vector loads by length. */
#include <altivec.h>
#include <stdint.h>
#include <stdio.h>

typedef vector unsigned char bytes;
typedef vector unsigned int words;
typedef vector unsigned long long doublewords;

static void show(const char *name, bytes v)
{
    printf("%s ", name);
    for (int i = 0; i < 16; i++)
        printf("%02x", v[i]);
    printf("\n");
}

int main(void)
{
    bytes a, b, mask;
    for (int i = 0; i < 16; i++)
        a[i] = i * 17 + 3, b[i] = i * 29 ^ 0x5a, mask[i] = (i * 7 + 3) & 31;
    doublewords x = (doublewords)a, y = (doublewords)b;
    words w = (words)a;
    show("cipher", (bytes)__builtin_crypto_vcipher(x, y));
    show("cipherlast", (bytes)__builtin_crypto_vcipherlast(x, y));
    show("ncipher", (bytes)__builtin_crypto_vncipher(x, y));
    show("ncipherlast", (bytes)__builtin_crypto_vncipherlast(x, y));
    show("sbox", (bytes)__builtin_crypto_vsbox(x));
    show("sigma", (bytes)__builtin_crypto_vshasigmaw(w, 1, 5));
    show("sigmad", (bytes)__builtin_crypto_vshasigmad(x, 0, 9));
    show("pmsumd", (bytes)__builtin_crypto_vpmsumd(x, y));
    show("pmsumb", (bytes)__builtin_crypto_vpmsumb(a, b));
    show("permxor", (bytes)__builtin_crypto_vpermxor(a, b, mask));
    show("perm", vec_perm(a, b, mask));
    show("sel", vec_sel(a, b, mask));
    show("packs", (bytes)vec_packs((vector signed short)a, (vector signed short)b));
    show("unpackh", (bytes)vec_unpackh((vector signed char)a));
    show("mergeh", (bytes)vec_mergeh(a, b));
    show("msum", (bytes)vec_msum(a, b, w));
    show("sums", (bytes)vec_sums((vector signed int)a, (vector signed int)b));
    show("adds", (bytes)vec_adds((vector signed short)a, (vector signed short)b));
    show("avg", vec_avg(a, b));
    show("rl", (bytes)vec_rl(w, (words)b));
    show("sll", vec_sll(a, vec_splat_u8(3)));
    show("slo", vec_slo(a, b));
    show("cntlz", (bytes)vec_cntlz(w));
    show("popcnt", (bytes)vec_popcnt(x));
    show("gb", vec_gb(a));
    show("bperm", (bytes)vec_bperm((vector unsigned __int128)a, mask));
    show("addc", (bytes)vec_addc((vector unsigned __int128)a, (vector unsigned __int128)b));
    show("adduqm", (bytes)vec_add((vector unsigned __int128)a, (vector unsigned __int128)b));
    show("madd", (bytes)vec_madd((vector float){ 1.5f, -2, 3, 1e10f }, (vector float){ 3, 4, 5, 6 }, (vector float){ 7, 8, 9, 1 }));
    show("floor", (bytes)vec_floor((vector double){ -1.5, 2.7 }));
    show("cts", (bytes)vec_cts((vector float){ 1.75f, -3, 1e20f, 0.1f }, 2));
    printf("%d %d %d %d\n", vec_all_gt(a, b), vec_any_eq(a, b), vec_all_nan(((vector float){ 0, 1, 2, 3 })), vec_any_ge(x, y));
#ifdef _ARCH_PWR9
    show("xl", vec_xl_len((unsigned char *)&a, 5));
    show("cmpnez", (bytes)vec_cmpnez(a, b));
    show("absd", vec_absd(a, b));
    show("revb", (bytes)vec_revb(x));
    show("slv", vec_slv(a, b));
    show("parity", (bytes)vec_parity_lsbb((words)a));
    printf("%u %u %u\n", vec_first_match_index(a, b), vec_first_mismatch_index(a, a), vec_cntlz_lsbb(a));
    printf("%u %llu\n", (unsigned)vec_extract_exp((vector float){ 8, 1, 2, 3 })[0], (unsigned long long)vec_extract_sig((vector double){ 1.5, 2 })[0]);
    show("half", (bytes)vec_extract_fp32_from_shorth((vector unsigned short){ 0x3c00, 0xc000, 0x7bff, 1, 0x3555, 0, 0x8000, 0x7c00 }));
#endif
    return 0;
}
