/* Windows' own ICU, as far as Qt asks for it: there is no converter, so Qt keeps to the encodings that it knows itself.
 * Test prefix only. */
#include <stddef.h>
#include <stdint.h>

#define EXPORT __declspec(dllexport)
#define NONE { return NULL; }
#define NOTHING { }
#define ZERO { return 0; }
#define MISSING 2 /* U_FILE_ACCESS_ERROR: positive values are failures */

EXPORT void *ucnv_open(const char *name, int *error)
{
    if (error && *error <= 0)
        *error = MISSING;
    return NULL;
}

EXPORT void ucnv_close(void *c) NOTHING
EXPORT void ucnv_reset(void *c) NOTHING
EXPORT int8_t ucnv_getMaxCharSize(const void *c) ZERO
EXPORT const char *ucnv_getName(const void *c, int *e) NONE
EXPORT void ucnv_getToUCallBack(const void *c, void **action, const void **context) NOTHING
EXPORT void ucnv_setToUCallBack(void *c, void *n, const void *nc, void **o, const void **oc, int *e) NOTHING
EXPORT void ucnv_getFromUCallBack(const void *c, void **action, const void **context) NOTHING
EXPORT void ucnv_setFromUCallBack(void *c, void *n, const void *nc, void **o, const void **oc, int *e) NOTHING
EXPORT void ucnv_toUnicode(void *c, void **t, void *tl, void **s, void *sl, void *o, int8_t f, int *e) NOTHING
EXPORT void ucnv_fromUnicode(void *c, void **t, void *tl, void **s, void *sl, void *o, int8_t f, int *e) NOTHING
EXPORT int32_t ucnv_toUCountPending(const void *c, int *e) ZERO
EXPORT int32_t ucnv_fromUCountPending(const void *c, int *e) ZERO
EXPORT void ucnv_cbToUWriteUChars(void *a, const void *s, int32_t n, int32_t o, int *e) NOTHING
EXPORT void ucnv_cbFromUWriteUChars(void *a, const void **s, const void *sl, int32_t o, int *e) NOTHING
EXPORT int32_t ucnv_countAvailable(void) ZERO
EXPORT const char *ucnv_getAvailableName(int32_t n) NONE
EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, int *e) NONE
EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) NOTHING
EXPORT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) NOTHING
