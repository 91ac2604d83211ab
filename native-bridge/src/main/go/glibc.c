// A linker takes the newest version of each of these functions that its C library has, and an older system would refuse the
// library. The oldest ones do the same; so the library loads with glibc 2.31, wherever it was built.

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <resolv.h>

#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#else
#error "the oldest version of glibc's symbols on this architecture is not known here"
#endif

#undef res_search

// The C library's header says that pthread_setspecific does not read what it is given.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

// usage: OLD(result, name, symbol in the old C library, parameters, arguments)
#define OLD(result, name, symbol, parameters, arguments)             \
	extern result old_##name parameters;                         \
	__asm__(".symver old_" #name "," #symbol "@" OLDEST);        \
	__attribute__((visibility("hidden"))) result name parameters \
	{                                                            \
		return old_##name arguments;                         \
	}

OLD(int, pthread_create, pthread_create,
    (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument), (thread, attributes, start, argument))
OLD(int, pthread_key_create, pthread_key_create, (pthread_key_t * key, void (*destructor)(void *)), (key, destructor))
OLD(int, pthread_setspecific, pthread_setspecific, (pthread_key_t key, const void *value), (key, value))
OLD(int, pthread_sigmask, pthread_sigmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
OLD(int, pthread_getattr_np, pthread_getattr_np, (pthread_t thread, pthread_attr_t *attributes), (thread, attributes))
OLD(int, pthread_attr_getstack, pthread_attr_getstack,
    (const pthread_attr_t *attributes, void **address, size_t *size), (attributes, address, size))
OLD(int, pthread_attr_getstacksize, pthread_attr_getstacksize, (const pthread_attr_t *attributes, size_t *size), (attributes, size))
OLD(int, res_search, __res_search,
    (const char *name, int class, int type, unsigned char *answer, int size), (name, class, type, answer, size))

