// SPDX-License-Identifier: MIT
/*
 * Times what a program waits for the disk: preloaded (LD_PRELOAD), it passes fsync, fdatasync and syncfs on and, at the
 * process's end, writes the seconds spent in them, summed over threads, and the number of calls to the file that
 * SYNC_CLOCK names. So fsync can be timed apart from the work without changing what is run.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static _Atomic long long waited_ns;
static _Atomic int calls;

static long long now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static int timed(const char *name, int fd)
{
	int (*real)(int) = NULL;
	*(void **)&real = dlsym(RTLD_NEXT, name); /* POSIX's own spelling of this conversion */
	long long began = now_ns();
	int result = real(fd);
	waited_ns += now_ns() - began;
	calls++;
	return result;
}

int fsync(int fd)
{
	return timed("fsync", fd);
}

int fdatasync(int fd)
{
	return timed("fdatasync", fd);
}

int syncfs(int fd)
{
	return timed("syncfs", fd);
}

__attribute__((destructor)) static void report(void)
{
	const char *target = getenv("SYNC_CLOCK");
	FILE *file = target ? fopen(target, "w") : NULL;
	if (!file)
		return;
	fprintf(file, "%.6f %d\n", (double)waited_ns / 1e9, (int)calls);
	fclose(file);
}
