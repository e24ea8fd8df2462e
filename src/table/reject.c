// SPDX-License-Identifier: MIT
#include "table/reject.h"

static const struct {
	const char *word, *sentence;
} reasons[GPQ_N_REJECTS] = {
	[GPQ_REJECT_NONE] = { "none", "nothing is wrong with the line" },
	[GPQ_REJECT_FIELDS_FEW] = { "fields_few", "the line has fewer fields than the header" },
	[GPQ_REJECT_FIELDS_MANY] = { "fields_many",
				     "the line has more fields than the header, and they are not empty" },
	[GPQ_REJECT_NUMBER] = { "number", "a price or quantity is not a number" },
	[GPQ_REJECT_NUMBER_RANGE] = { "number_range", "a price or quantity is larger than a double can hold" },
	[GPQ_REJECT_VERSION] = { "version", "the revision is not a whole number" },
	[GPQ_REJECT_STAMP] = { "stamp", "a time cannot be read, or does not exist" },
	[GPQ_REJECT_STAMP_MISSING] = { "stamp_missing", "the time of the interval is empty" },
	[GPQ_REJECT_GRID] = { "grid", "the time is not a start of an interval of this dataset" },
	[GPQ_REJECT_LENGTH] = { "length", "start and end are not one interval of this dataset apart" },
	[GPQ_REJECT_REPEATED] = { "repeated", "the hour is marked as repeated and is not, or the mark cannot be read" },
	[GPQ_REJECT_ORDER] = { "order", "the stamp is earlier than one of the same location and day above it: where its interval begins is not told" },
	[GPQ_REJECT_UNRESOLVED] = { "unresolved", "the hour is repeated, and the file does not tell which pass this is" },
	[GPQ_REJECT_MARKET] = { "market", "the line is of another market run" },
	[GPQ_REJECT_RECORD_KIND] = { "record_kind", "the line's first field is no kind of line that the format has" },
	[GPQ_REJECT_COMPONENT] = { "component", "the line names a component that is not of this dataset" },
	[GPQ_REJECT_UTF8] = { "utf8", "a text is not UTF-8" },
	[GPQ_REJECT_NUL] = { "nul", "the line holds a NUL byte" },
	[GPQ_REJECT_KEY_MISSING] = { "key_missing", "a column that identifies the row is empty" },
	[GPQ_REJECT_QUOTE] = { "quote", "a quote is opened and never closed" },
	[GPQ_REJECT_LONG] = { "long", "the line is longer than any line of a market file can be" },
};

_Static_assert(sizeof(reasons) / sizeof(reasons[0]) == GPQ_N_REJECTS, "one line for each reason");

const char *gpq_reject_word(enum gpq_reject reason)
{
	return (unsigned)reason < GPQ_N_REJECTS ? reasons[reason].word : "unknown";
}

const char *gpq_reject_sentence(enum gpq_reject reason)
{
	return (unsigned)reason < GPQ_N_REJECTS ? reasons[reason].sentence : "the reason is unknown";
}
