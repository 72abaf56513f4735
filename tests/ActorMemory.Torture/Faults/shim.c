/* Preloaded into the node (LD_PRELOAD): makes one write or sync of the journal fail, or ends the process beside it.
   What to do and when stands in a small file that the harness maps as well, so that a fault can be set up under load. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CALL_NONE, CALL_SYNC, CALL_WRITE };
enum { FILE_ANY, FILE_LOG, FILE_MAIN };
enum { DO_NOTHING, DO_EIO, DO_ENOSPC, DO_KILL_BEFORE, DO_KILL_AFTER, DO_KILL_TORN };

struct control {
    _Atomic int call;      /* the call to count; CALL_NONE when nothing is set up */
    _Atomic int file;      /* the file to count it on */
    _Atomic int countdown; /* the call that is hit: 1 is the next one */
    _Atomic int action;
    _Atomic int fired;     /* how often something happened */
};

static struct control *control;
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

__attribute__((constructor)) static void start(void)
{
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    const char *path = getenv("TORTURE_CONTROL");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *mapped = mmap(0, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED)
        control = mapped;
}

static int ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int is_file(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    int log = ends_with(path, "journal.db-wal"), main_file = ends_with(path, "journal.db");
    return control->file == FILE_LOG ? log : control->file == FILE_MAIN ? main_file : log || main_file;
}

static int action_of(int call, int fd)
{
    if (!control || control->call != call || !is_file(fd) || atomic_fetch_sub(&control->countdown, 1) != 1)
        return DO_NOTHING;
    control->call = CALL_NONE;
    control->fired++;
    return control->action;
}

static void end(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int sync_with(int (*real)(int), int fd)
{
    int result;
    switch (action_of(CALL_SYNC, fd)) {
    case DO_EIO: errno = EIO; return -1;
    case DO_ENOSPC: errno = ENOSPC; return -1;
    case DO_KILL_BEFORE: case DO_KILL_TORN: end(); return -1;
    case DO_KILL_AFTER: result = real(fd); end(); return result;
    default: return real(fd);
    }
}

int fsync(int fd) { return sync_with(real_fsync, fd); }

int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

ssize_t write(int fd, const void *bytes, size_t count)
{
    switch (action_of(CALL_WRITE, fd)) {
    case DO_EIO: errno = EIO; return -1;
    case DO_ENOSPC: errno = ENOSPC; return -1;
    case DO_KILL_BEFORE: end(); return -1;
    case DO_KILL_AFTER: real_write(fd, bytes, count); end(); return -1;
    case DO_KILL_TORN: real_write(fd, bytes, count / 2); end(); return -1;
    default: return real_write(fd, bytes, count);
    }
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset)
{
    switch (action_of(CALL_WRITE, fd)) {
    case DO_EIO: errno = EIO; return -1;
    case DO_ENOSPC: errno = ENOSPC; return -1;
    case DO_KILL_BEFORE: end(); return -1;
    case DO_KILL_AFTER: real_pwrite(fd, bytes, count, offset); end(); return -1;
    case DO_KILL_TORN: real_pwrite(fd, bytes, count / 2, offset); end(); return -1;
    default: return real_pwrite(fd, bytes, count, offset);
    }
}
