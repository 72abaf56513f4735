/* Preloaded into the node (LD_PRELOAD): makes one write or sync of the journal fail, or ends the process beside it.
   What to do and when stands in a small file that the harness maps as well, so that a fault can be set up under load.

   After a failed sync Linux holds the pages for clean: they stay in the file cache and never reach the disk, whatever is synced later. The shim keeps
   account of such pages of the log, so that the harness can take them out of a copy of the disk. */
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

enum { PAGE_CLEAN, PAGE_DIRTY, PAGE_DROPPED };

#define PAGE 4096
#define PAGES 32768 /* of the log: 128 MiB */

struct control {
    _Atomic int call;      /* the call to count; CALL_NONE when nothing is set up */
    _Atomic int file;      /* the file to count it on */
    _Atomic int countdown; /* the call that is hit: 1 is the next one */
    _Atomic int action;
    _Atomic int fired;     /* how often something happened */
    int unused[11];
    _Atomic char pages[PAGES]; /* of the log; from byte 64 on */
};

static struct control *control;
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);

__attribute__((constructor)) static void start(void)
{
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_write = dlsym(RTLD_NEXT, "write");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
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

static int file_of(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return FILE_ANY;
    path[length] = 0;
    return ends_with(path, "journal.db-wal") ? FILE_LOG : ends_with(path, "journal.db") ? FILE_MAIN : FILE_ANY;
}

static void turn_pages(int from, int to)
{
    for (int i = 0; i < PAGES; i++)
        if (control->pages[i] == from)
            control->pages[i] = to;
}

static int action_of(int call, int file)
{
    if (!control || file == FILE_ANY || control->call != call || (control->file != FILE_ANY && control->file != file))
        return DO_NOTHING;
    if (atomic_fetch_sub(&control->countdown, 1) != 1)
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
    int file = control ? file_of(fd) : FILE_ANY;
    int action = action_of(CALL_SYNC, file);
    if (action == DO_EIO || action == DO_ENOSPC) {
        if (file == FILE_LOG)
            turn_pages(PAGE_DIRTY, PAGE_DROPPED);
        errno = action == DO_EIO ? EIO : ENOSPC;
        return -1;
    }

    if (action == DO_KILL_BEFORE || action == DO_KILL_TORN)
        end();
    int result = real(fd);
    if (result == 0 && file == FILE_LOG)
        turn_pages(PAGE_DIRTY, PAGE_CLEAN);
    if (action == DO_KILL_AFTER)
        end();
    return result;
}

int fsync(int fd) { return sync_with(real_fsync, fd); }

int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

ssize_t write(int fd, const void *bytes, size_t count)
{
    int file = control ? file_of(fd) : FILE_ANY;
    int action = action_of(CALL_WRITE, file);
    if (action == DO_EIO || action == DO_ENOSPC) {
        errno = action == DO_EIO ? EIO : ENOSPC;
        return -1;
    }

    if (action == DO_KILL_BEFORE)
        end();
    off_t at = file == FILE_LOG ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t written = real_write(fd, bytes, action == DO_KILL_TORN ? count / 2 : count);
    if (action != DO_NOTHING)
        end();
    for (off_t page = at / PAGE; file == FILE_LOG && written > 0 && page <= (at + written - 1) / PAGE && page < PAGES; page++)
        control->pages[page] = PAGE_DIRTY;
    return written;
}

int ftruncate64(int fd, off_t length)
{
    int result = real_ftruncate(fd, length);
    if (result == 0 && control && file_of(fd) == FILE_LOG)
        for (off_t page = (length + PAGE - 1) / PAGE; page < PAGES; page++)
            control->pages[page] = PAGE_CLEAN;
    return result;
}
