/*
 * The C interface of QuantVoice's native kernels: the only public header.
 *
 * Every function returns a qv_status unless it cannot fail. After a status other than QV_OK the calling thread reads
 * what went wrong with qv_last_error(). Nothing throws, prints or exits. Handles are opaque; pools and packed matrices may
 * be shared by threads, but must outlive every call that uses them. All buffers belong to the caller.
 */
#ifndef QUANTVOICE_H
#define QUANTVOICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define QV_API
#else
#define QV_API __attribute__((visibility("default")))
#endif

/* A value that is no enumerator, e.g. from a damaged file, must be an error and not undefined behaviour. */
#ifdef __cplusplus
#define QV_INT32 : int32_t
#else
#define QV_INT32
#endif

typedef enum qv_status QV_INT32 {
  QV_OK = 0,
  QV_INVALID_ARGUMENT = 1, /* a shape, stride, pointer or option that makes no sense */
  QV_OUT_OF_MEMORY = 2,
  QV_UNSUPPORTED_ISA = 3, /* a forced tier is unknown, not built in, or beyond this CPU */
  QV_INVALID_STATE = 4,   /* used before qv_init, or qv_init again with another tier */
  QV_SYSTEM = 5,          /* the operating system refused, e.g. to start a thread */
  QV_WRONG_RESULTS = 6    /* a tier's kernels do not give on this CPU what their scalar twins give */
} qv_status;

/* Kernel tiers, from the slowest of an architecture. A library holds those of its own. */
typedef enum qv_tier QV_INT32 {
  QV_TIER_SCALAR = 0,
  QV_TIER_AVX2 = 1,
  QV_TIER_AVXVNNI = 2,
  QV_TIER_AVX512 = 3,
  QV_TIER_AVX512VNNI = 4,
  QV_TIER_AVX512BF16 = 5,
  QV_TIER_AMX = 6,
  QV_TIER_NEON = 7,
  QV_TIER_NEONDOT = 8,
  QV_TIER_I8MM = 9
} qv_tier;

typedef enum qv_precision QV_INT32 { QV_FLOAT32 = 0, QV_BFLOAT16 = 1 } qv_precision;

typedef struct qv_pool qv_pool;
typedef struct qv_s8_matrix qv_s8_matrix;
typedef struct qv_float_matrix qv_float_matrix;

/* Chooses the tier once for the process: the best of this CPU, or the one that isa names (NULL or "": the best). */
QV_API qv_status qv_init(const char* isa);

/* The name of the tier in use, "" before qv_init. */
QV_API const char* qv_tier_name(void);

/* The names of the tiers that this CPU can run, separated by spaces, slowest first. */
QV_API const char* qv_supported_tiers(void);

/*
 * Runs the kernels of a tier, by its name, against their scalar twins on small inputs: some milliseconds. QV_WRONG_RESULTS: it
 * must not be used on this CPU. Does not need qv_init, so that a tier can be checked before it is chosen.
 */
QV_API qv_status qv_check_tier(const char* name);

/* Which CPU this is, such as "AMD EPYC 9354 a10f11": the same text for all CPUs of a model. Never NULL. */
QV_API const char* qv_cpu_model(void);

/* Text for the last failure on the calling thread; never NULL. Valid until the thread's next failure. */
QV_API const char* qv_last_error(void);

/* A pool of threads - 1 workers; the calling thread is the other one. 1 <= threads <= 256. */
QV_API qv_status qv_pool_create(int32_t threads, qv_pool** pool);
QV_API void qv_pool_free(qv_pool* pool);

/*
 * Giga operations a second (a multiply and an add are two) that this CPU reaches on a pool's threads in int8 (kind 0),
 * bfloat16 (1) and float (2) with operands in registers, measured in some milliseconds. 0: not known for this CPU.
 */
QV_API double qv_peak_gops(qv_pool* pool, int32_t kind);

/*
 * Packs int8 weights [n, k] (row-major, ldw bytes from row to row, values -127..127) for the tier in use, with one scale
 * per output channel [n] and a bias [n] or NULL. 1 <= k <= 65536. Weights of fewer than 8 bits, 2..7, stay that small in
 * memory and are unpacked panel by panel within products; sums are those of the same values in 8 bits. levels: NULL for the
 * values -(2^(bits-1) - 1)..2^(bits-1) - 1, or 2^bits values -127..127 with 0 among them, of which each weight must be one.
 */
QV_API qv_status qv_s8_matrix_create(const int8_t* w, int64_t n, int64_t k, int64_t ldw, int32_t bits,
                                     const int8_t* levels, const float* scale, const float* bias,
                                     qv_s8_matrix** matrix);
/* Bytes in memory of weights [n, k] of 2..8 bits, 16 (bfloat16) or 32 (float), on the tier in use; 0 for other values. */
QV_API int64_t qv_packed_bytes(int64_t n, int64_t k, int32_t bits);
QV_API void qv_s8_matrix_free(qv_s8_matrix* matrix);
QV_API int64_t qv_s8_matrix_bytes(const qv_s8_matrix* matrix);

/*
 * Packs float weights [n, k] (ldw elements from row to row), as they are or rounded to bfloat16, with a bias [n] or NULL.
 * QV_BFLOAT16 runs on the CPU's bfloat16 instructions if the tier in use has them, else as floats of that value, which
 * are widened panel by panel within products.
 */
QV_API qv_status qv_float_matrix_create(const float* w, int64_t n, int64_t k, int64_t ldw, const float* bias,
                                        qv_precision precision, qv_float_matrix** matrix);
QV_API void qv_float_matrix_free(qv_float_matrix* matrix);
QV_API int64_t qv_float_matrix_bytes(const qv_float_matrix* matrix);

/*
 * The content of a packed matrix (panels, sums, scales, biases), to be kept and made a matrix again without packing, by the same
 * version of the library on the same tier only. _content returns its number of bytes, and copies it if `to` has room for it
 * (bytes); 0 for NULL. _restore copies it into a new matrix: n, k, bits, levels and precision are those of its _create. It checks
 * the size, not the values: whatever they are, products read and write what is theirs.
 */
QV_API int64_t qv_s8_matrix_content(const qv_s8_matrix* matrix, void* to, int64_t bytes);
QV_API int64_t qv_float_matrix_content(const qv_float_matrix* matrix, void* to, int64_t bytes);
QV_API qv_status qv_s8_matrix_restore(const void* data, int64_t bytes, int64_t n, int64_t k, int32_t bits,
                                      const int8_t* levels, qv_s8_matrix** matrix);
QV_API qv_status qv_float_matrix_restore(const void* data, int64_t bytes, int64_t n, int64_t k, qv_precision precision,
                                         qv_float_matrix** matrix);

/*
 * The executor. A program is a list of steps in 64-bit words (native/src/exec/step.h tells their layout), checked as a
 * whole when it is made: what it then reads and writes lies in its arena. Programs are immutable and shared by threads;
 * an arena belongs to one stream. Packed matrices and blocks of constants that a program names by address stay alive
 * until the last program that uses them is freed, whatever their own free functions are called.
 */
typedef struct qv_program qv_program;
typedef struct qv_arena qv_arena;
typedef struct qv_floats qv_floats;

/* A block of count floats that programs refer to by address: that of the block plus 4 times an index. */
QV_API qv_status qv_floats_create(const float* values, int64_t count, qv_floats** floats);
QV_API void qv_floats_free(qv_floats* floats);

/* Memory of one stream, zeroed and aligned to 64 bytes. */
QV_API qv_status qv_arena_create(int64_t bytes, qv_arena** arena);
QV_API void qv_arena_free(qv_arena* arena);
QV_API int64_t qv_arena_bytes(const qv_arena* arena);

/* Copies count floats to or from an offset in bytes; the range must lie in the arena. */
QV_API qv_status qv_arena_write(qv_arena* arena, int64_t offset, const float* values, int64_t count);
QV_API qv_status qv_arena_read(const qv_arena* arena, int64_t offset, float* values, int64_t count);

/* Moves count floats within an arena or from one to another; the ranges may overlap. */
QV_API qv_status qv_arena_move(qv_arena* to, int64_t to_offset, const qv_arena* from, int64_t from_offset, int64_t count);

/* Fills an arena with zeros. */
QV_API qv_status qv_arena_clear(qv_arena* arena);

QV_API qv_status qv_program_create(const int64_t* words, int64_t count, int64_t arena_bytes, int64_t scratch_bytes,
                                   qv_program** program);

/*
 * A program that also reads and writes slots: memory that streams keep between runs, such as caches. Slot n of slot_bytes[n]
 * bytes is wherever a run says, so one program serves every stream and every place in it. 0 <= slots <= 64.
 */
QV_API qv_status qv_program_create_slots(const int64_t* words, int64_t count, int64_t arena_bytes, int64_t scratch_bytes,
                                         const int64_t* slot_bytes, int32_t slots, qv_program** program);
QV_API void qv_program_free(qv_program* program);
QV_API int32_t qv_program_steps(const qv_program* program);

/* What each thread of a pool keeps for this program beside the arena, block-local scratch included. */
QV_API int64_t qv_program_thread_bytes(const qv_program* program);

/*
 * Runs all steps on an arena of at least the program's size. step_nanos: NULL, or an entry a step for its share of the
 * time on the wall. Fails without memory for the threads, or when a step met an index outside its table.
 */
QV_API qv_status qv_program_run(qv_pool* pool, const qv_program* program, qv_arena* arena, int64_t* step_nanos);

/*
 * Runs a program with slots: slot n begins at byte offsets[n], a multiple of 4, of the arena states[n], and must lie in it.
 * Several streams' slots may lie in one arena; streams that share memory get mixed results, though never a fault.
 */
QV_API qv_status qv_program_run_slots(qv_pool* pool, const qv_program* program, qv_arena* arena, qv_arena* const* states,
                                      const int64_t* offsets, int32_t slots, int64_t* step_nanos);

/* Bytes that attention over so many keys of depth d needs a thread, for packed keys and values and for scores. */
QV_API qv_status qv_attention_sizes(int64_t keys, int64_t d, int64_t* packed, int64_t* scratch);

#ifdef __cplusplus
}
#endif
#endif
