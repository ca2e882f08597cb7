/* Preloaded: counts the calls that change regular files, from when `arm` is called, in this process and what it forks
 * or starts, and spoils the one of a given number, from 0. The ledger is a file of MAX_CALLS bytes that all of them
 * share: a counter of 8 bytes, then the kind of each call. How: kill (the process group), ENOSPC (that call) or full (it
 * and all that follow). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_CALLS (1 << 20)

static unsigned char *ledger;
static long at = -1;
static int how; /* 1 kill, 2 one call, 3 all from there on */

void arm(const char *file, long number, const char *word) {
    int opened = open(file, O_RDWR | O_CLOEXEC);
    if (opened < 0) return;
    void *mapped = mmap(NULL, MAX_CALLS, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    close(opened);
    if (mapped == MAP_FAILED) return;
    at = number;
    how = !strcmp(word, "kill") ? 1 : !strcmp(word, "ENOSPC") ? 2 : 3;
    ledger = mapped;
}

/* A process that an armed one has started finds the ledger in its environment. */
__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("FAULT_LEDGER"), *number = getenv("FAULT_AT"), *word = getenv("FAULT_HOW");
    if (file && number && word) arm(file, atol(number), word);
}

/* Whether this call is to fail. */
static int spoilt(char kind) {
    if (!ledger) return 0;
    uint64_t number = __atomic_fetch_add((uint64_t *)ledger, 1, __ATOMIC_SEQ_CST);
    if (number + 8 < MAX_CALLS) ledger[8 + number] = (unsigned char)kind;
    if (at < 0 || (long)number < at || ((long)number > at && how != 3)) return 0;
    if (how == 1) {
        kill(0, SIGKILL);
        for (;;) pause();
    }
    errno = ENOSPC;
    return 1;
}

/* What is printed may go to a file, too: that is another matter. */
static int regular(int descriptor) {
    struct stat found;
    return descriptor > 2 && !fstat(descriptor, &found) && S_ISREG(found.st_mode);
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return regular(fd) && spoilt('w') ? -1 : real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return regular(fd) && spoilt('p') ? -1 : real(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return regular(fd) && spoilt('p') ? -1 : real(fd, bytes, count, offset);
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    return spoilt('f') ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    return spoilt('f') ? -1 : real(fd);
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return spoilt('r') ? -1 : real(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    return spoilt('r') ? -1 : real(from_fd, from, to_fd, to);
}
