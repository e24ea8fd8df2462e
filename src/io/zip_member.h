/*
 * io/zip_member.h - one member of an archive: its bytes, unpacked and checked.
 *
 *     archive: ... | local header, name, extra | data | [descriptor] | ...
 *
 * The central directory says what a member is (its place); the local header and the descriptor must agree with it, the
 * data must have the size and the CRC that it names, and the deflate stream must end where the data do. Call order:
 * begin -> read*, then begin again for another.      Memory: an inflater, taken for the first deflated member and kept
 * until done.
 */
#ifndef GPQ_IO_ZIP_MEMBER_H
#define GPQ_IO_ZIP_MEMBER_H

#include "io/inflater.h"
#include "io/zip_bytes.h"

/* A member, as the directory of its archive says. */
struct gpq_zip_place {
	uint64_t local_at;     /* of its local header in the archive's bytes */
	uint64_t stored_bytes; /* packed, in the archive */
	uint64_t size_bytes;   /* unpacked */
	uint32_t crc;          /* CRC-32 of the unpacked bytes */
	uint32_t name_crc;     /* CRC-32 of the name as stored: the local header must name the same */
	uint16_t method;       /* GPQ_ZIP_STORED or GPQ_ZIP_DEFLATED */
	uint16_t reading;      /* the caller's word on how the member is read; 0: as the bytes that it is */
};

/* Whether both are the same member of one archive. */
static inline bool gpq_zip_place_equal(const struct gpq_zip_place *a, const struct gpq_zip_place *b)
{
	return a->local_at == b->local_at && a->stored_bytes == b->stored_bytes && a->size_bytes == b->size_bytes &&
	       a->crc == b->crc && a->name_crc == b->name_crc && a->method == b->method;
}

/* Members are this room's own. */
struct gpq_zip_member {
	struct gpq_budget *budget;
	struct gpq_zip_bytes *bytes; /* of the archive: Borrows */
	struct gpq_zip_place place;
	uint64_t data_at;     /* in the archive */
	uint64_t taken_bytes; /* of the stored ones */
	uint64_t given_bytes; /* unpacked */
	uint32_t crc;         /* of those */
	bool has_descriptor, checked;
	struct gpq_inflater *inflater; /* Owns */
};

/*
 * gpq_zip_member_begin() checks the local header; 'member' is zeroed or was begun before. Errors, err->byte in the
 * archive: GPQ_E_DATA, GPQ_E_TRUNCATED, GPQ_E_BUDGET, and those of the archive's bytes.
 */
GPQ_MUST_USE enum gpq_status gpq_zip_member_begin(struct gpq_zip_member *member, struct gpq_budget *budget,
						  struct gpq_zip_bytes *bytes, const struct gpq_zip_place *place,
						  struct gpq_error *err);

/* gpq_zip_member_again() stands at the first byte once more. */
void gpq_zip_member_again(struct gpq_zip_member *member);

/*
 * gpq_zip_member_read() gives up to 'cap' unpacked bytes, fewer only at the end, where every check has been made.
 * Errors, err->byte in the archive: GPQ_E_DATA, GPQ_E_CHECKSUM, GPQ_E_TRUNCATED, GPQ_E_SYSTEM.
 */
GPQ_MUST_USE enum gpq_status gpq_zip_member_read(struct gpq_zip_member *member, uint8_t *bytes, size_t cap,
						 size_t *out_len, struct gpq_error *err);
void gpq_zip_member_done(struct gpq_zip_member *member);

#endif
