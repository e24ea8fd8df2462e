/*
 * table/reject.h - why a line gives no row: the reasons that every room may name, with a sentence and a stable word each.
 */
#ifndef GPQ_TABLE_REJECT_H
#define GPQ_TABLE_REJECT_H

enum gpq_reject {
	GPQ_REJECT_NONE,
	GPQ_REJECT_FIELDS_FEW,    /* fewer fields than the header */
	GPQ_REJECT_FIELDS_MANY,   /* surplus fields with content */
	GPQ_REJECT_NUMBER,        /* a price or quantity is no number */
	GPQ_REJECT_NUMBER_RANGE,  /* beyond what binary64 holds */
	GPQ_REJECT_VERSION,       /* the revision is no whole number */
	GPQ_REJECT_STAMP,         /* a time cannot be read, or does not exist */
	GPQ_REJECT_STAMP_MISSING,
	GPQ_REJECT_GRID,          /* the instant is off the dataset's grid */
	GPQ_REJECT_LENGTH,        /* start and end are not an interval of the dataset apart */
	GPQ_REJECT_REPEATED,      /* the mark of a repeated hour cannot be read, or stands at an hour that is not repeated */
	GPQ_REJECT_ORDER,         /* earlier than a line above, where the order of lines tells the interval */
	GPQ_REJECT_UNRESOLVED,    /* of a repeated hour, and which pass cannot be told */
	GPQ_REJECT_MARKET,        /* the line is of a market run that does not belong here */
	GPQ_REJECT_RECORD_KIND,   /* the line is of no kind that the format has */
	GPQ_REJECT_COMPONENT,     /* the line names a component that the feed does not have */
	GPQ_REJECT_UTF8,
	GPQ_REJECT_NUL,           /* a NUL byte */
	GPQ_REJECT_KEY_MISSING,   /* a column of the key is empty */
	GPQ_REJECT_QUOTE,         /* a quote is opened and never closed */
	GPQ_REJECT_LONG,          /* longer than GPQ_CSV_MAX_RECORD_BYTES */
	GPQ_N_REJECTS,
};

const char *gpq_reject_word(enum gpq_reject reason);     /* "fields_few": for JSON, a contract */
const char *gpq_reject_sentence(enum gpq_reject reason); /* for people */

#endif
