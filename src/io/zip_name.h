/*
 * io/zip_name.h - names of members as text.
 *
 * A name is UTF-8 where its flag says so or an Info-ZIP Unicode Path field gives it, else code page 437
 * (APPNOTE.TXT 6.3.10, appendix D). Backslashes become slashes; control characters and bytes that are no UTF-8 are
 * written as %XX. Nothing is ever written where a name leads, so `..` and leading slashes stay as they are. Memory: the
 * caller's.
 */
#ifndef GPQ_IO_ZIP_NAME_H
#define GPQ_IO_ZIP_NAME_H

#include "base/status.h"

/* A text with its terminator; longer ones are cut. */
#define GPQ_ZIP_NAME_BYTES ((size_t)1024)

/* Writes the text of 'raw' to 'out' (GPQ_ZIP_NAME_BYTES); false where it had to be cut. 'extra' is that of the central
 * header. */
bool gpq_zip_name_write(const uint8_t *raw, size_t len, bool utf8, const uint8_t *extra, size_t extra_len, char *out);

/* Whether a name is that of a folder, by its last slash. */
bool gpq_zip_name_is_folder(const char *name);

/* Whether a name is one that file managers add, or a hidden one: such files are passed over in folders too. */
bool gpq_zip_name_is_decoration(const char *name);

#endif
