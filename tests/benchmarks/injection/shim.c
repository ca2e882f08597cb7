/* Preloaded: counts the calls that make, change or remove files, from when `arm` is called, in this process and what it forks
 * or starts, and spoils the one of a given number, from 0. The ledger is a file of MAX_CALLS bytes that all of them
 * share: a counter of 8 bytes, then the kind of each call. How: kill (the process group), ENOSPC (that call) or full (it
 * and all that follow). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
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
    if (kind == 'u' && how != 1) return 0; /* a full disk still removes */
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

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return regular(fd) && spoilt('w') ? -1 : real(fd, parts, count);
}

/* An open that makes a file, by each of its names. */
static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

#define OPEN(name) \
    int name(const char *file, int flags, ...) { \
        REAL(int, #name, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        return flags & O_CREAT && access(file, F_OK) && spoilt('o') ? -1 : real(file, flags, mode); \
    }

#define OPENAT(name) \
    int name(int folder, const char *file, int flags, ...) { \
        REAL(int, #name, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = mode_of(flags, rest); \
        va_end(rest); \
        return flags & O_CREAT && faccessat(folder, file, F_OK, 0) && spoilt('o') ? -1 : real(folder, file, flags, mode); \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int mkdir(const char *folder, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return access(folder, F_OK) && spoilt('m') ? -1 : real(folder, mode);
}

int unlink(const char *file) {
    REAL(int, "unlink", const char *);
    return spoilt('u') ? -1 : real(file);
}

int unlinkat(int folder, const char *file, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    return spoilt('u') ? -1 : real(folder, file, flags);
}
