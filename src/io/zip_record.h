/*
 * io/zip_record.h - the records of a ZIP archive, from bytes to numbers (APPNOTE.TXT 6.3.10, sections 4.3 to 4.5).
 *
 *     archive: [anything] (local header, data, [descriptor])* directory [end64, locator] end [comment]
 *     directory: central header*
 *
 * Knows: bytes, numbers.      Not: files, where bytes come from, what is to be done about a wrong one.      Memory:
 * none.
 */
#ifndef GPQ_IO_ZIP_RECORD_H
#define GPQ_IO_ZIP_RECORD_H

#include "base/status.h"

#define GPQ_ZIP_LOCAL_BYTES      30u
#define GPQ_ZIP_CENTRAL_BYTES    46u
#define GPQ_ZIP_END_BYTES        22u
#define GPQ_ZIP_END64_BYTES      56u
#define GPQ_ZIP_LOCATOR_BYTES    20u
#define GPQ_ZIP_DESCRIPTOR_BYTES 24u /* the longest form: signature, CRC, two sizes of 8 bytes */

/* Bits of the flags that count here (4.4.4). */
#define GPQ_ZIP_FLAG_ENCRYPTED  0x0001u
#define GPQ_ZIP_FLAG_DESCRIPTOR 0x0008u
#define GPQ_ZIP_FLAG_PATCH      0x0020u
#define GPQ_ZIP_FLAG_STRONG     0x0040u
#define GPQ_ZIP_FLAG_UTF8       0x0800u
#define GPQ_ZIP_FLAG_MASKED     0x2000u

#define GPQ_ZIP_STORED   0u
#define GPQ_ZIP_DEFLATED 8u

/* Of either header; of a local one 'comment_len', 'disk' and 'local_at' are 0. Sizes are those of ZIP64 where it has
 * them. */
struct gpq_zip_header {
	uint16_t flags, method, dos_time, dos_date;
	uint32_t crc;
	uint64_t stored_bytes, size_bytes;
	uint32_t name_len, extra_len, comment_len; /* they follow in this order */
	uint32_t disk;
	uint64_t local_at; /* of the local header, counted from the archive's own begin */
};

/* The end of an archive: of the plain record, or with ZIP64 of both. */
struct gpq_zip_end {
	uint32_t disk, directory_disk;
	uint64_t n_members_here, n_members, directory_bytes, directory_at;
};

/* Each reads a record of fixed length; false where its signature is another. Lengths of names and extras are not
 * followed. */
bool gpq_zip_local_parse(const uint8_t *bytes, struct gpq_zip_header *out);
bool gpq_zip_central_parse(const uint8_t *bytes, struct gpq_zip_header *out);
bool gpq_zip_end_parse(const uint8_t *bytes, struct gpq_zip_end *out, uint32_t *out_comment_len);
bool gpq_zip_end64_parse(const uint8_t *bytes, struct gpq_zip_end *out);

/* The locator's offset of the end64 record. */
bool gpq_zip_locator_parse(const uint8_t *bytes, uint64_t *out_at);

/* gpq_zip_extra_find() finds the field 'id' among the extra fields; NULL where there is none. What is cut off ends the
 * search. */
const uint8_t *gpq_zip_extra_find(const uint8_t *extra, size_t len, uint16_t id, size_t *out_len);

/*
 * gpq_zip_header_widen() takes the sizes, the offset and the disk that do not fit their fields from the ZIP64 extra
 * field. False where that is missing or too short.
 */
bool gpq_zip_header_widen(struct gpq_zip_header *header, const uint8_t *extra, size_t len);

/* gpq_zip_descriptor_fits() says whether the bytes behind a member's data are its descriptor: with or without
 * signature, sizes of 4 or 8 bytes (4.3.9). */
bool gpq_zip_descriptor_fits(const uint8_t *bytes, size_t len, uint32_t crc, uint64_t stored_bytes,
			     uint64_t size_bytes);

/* A DOS date and time (4.4.6) as seconds since 1970 on the same clock, to 2 seconds; 0 where they are none. */
int64_t gpq_zip_dos_seconds(uint16_t date, uint16_t time);

/* "bzip2", "LZMA", ... of a method that is not read here; "an unknown method". */
const char *gpq_zip_method_word(uint16_t method);

#endif
