/*
 * bench/measured.h - what programs that measure single kernels share: processor time, and texts that are the same every run.
 */
#ifndef BENCH_MEASURED_H
#define BENCH_MEASURED_H

#include <stdint.h>
#include <time.h>

/* xorshift64, Marsaglia 2003. Gives the high half, from the same first state in every program. */
static inline uint32_t random_next(void)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

/* Of this process, all threads. */
static inline double cpu_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

#endif
