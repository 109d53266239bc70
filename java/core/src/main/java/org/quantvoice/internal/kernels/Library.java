package org.quantvoice.internal.kernels;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The native functions, bound by JavaCPP. Only this package calls them, and only after {@link NativeLibrary} has
 * loaded them. Handles and addresses are {@code long}; lengths are not checked here. An {@code int} result is a
 * status for {@link Status#check}.
 */
@Platform(include = {"quantvoice.h", "jni/flat.h", "jni/flat_exec.h", "jni/flat_faults.h"})
public final class Library {
    private Library() {}

    @Cast("int")
    static native int qv_init(@Cast("const char*") byte @Nullable [] isa);

    @Cast("const char*")
    static native @Nullable String qv_tier_name();

    @Cast("const char*")
    static native @Nullable String qv_supported_tiers();

    @Cast("int")
    static native int qv_check_tier(@Cast("const char*") byte[] name);

    @Cast("const char*")
    static native @Nullable String qv_cpu_model();

    @Cast("const char*")
    static native @Nullable String qv_last_error();

    static native int qv_flat_pool_create(int threads, @Cast("int64_t*") long[] handle);

    static native double qv_flat_peak_gops(@Cast("int64_t") long pool, int kind);

    static native void qv_flat_pool_free(@Cast("int64_t") long pool);

    static native int qv_flat_s8_matrix_create(
            @Cast("const int8_t*") ByteBuffer weights,
            @Cast("int64_t") long n,
            @Cast("int64_t") long k,
            @Cast("int64_t") long ldw,
            int bits,
            @Cast("const int8_t*") byte @Nullable [] levels,
            @Const float[] scale,
            @Const float @Nullable [] bias,
            @Cast("int64_t*") long[] handle);

    @Cast("int64_t")
    static native long qv_packed_bytes(@Cast("int64_t") long n, @Cast("int64_t") long k, int bits);

    static native void qv_flat_s8_matrix_free(@Cast("int64_t") long matrix);

    @Cast("int64_t")
    static native long qv_flat_s8_matrix_bytes(@Cast("int64_t") long matrix);

    @Cast("int64_t")
    static native long qv_flat_s8_matrix_content(
            @Cast("int64_t") long matrix, @Cast("void*") @Nullable ByteBuffer to, @Cast("int64_t") long bytes);

    @Cast("int64_t")
    static native long qv_flat_float_matrix_content(
            @Cast("int64_t") long matrix, @Cast("void*") @Nullable ByteBuffer to, @Cast("int64_t") long bytes);

    static native int qv_flat_s8_matrix_restore(
            @Cast("const void*") ByteBuffer data,
            @Cast("int64_t") long bytes,
            @Cast("int64_t") long n,
            @Cast("int64_t") long k,
            int bits,
            @Cast("const int8_t*") byte @Nullable [] levels,
            @Cast("int64_t*") long[] handle);

    static native int qv_flat_float_matrix_restore(
            @Cast("const void*") ByteBuffer data,
            @Cast("int64_t") long bytes,
            @Cast("int64_t") long n,
            @Cast("int64_t") long k,
            int precision,
            @Cast("int64_t*") long[] handle);

    static native int qv_flat_floats_create(
            @Const float[] values, @Cast("int64_t") long count, @Cast("int64_t*") long[] handle);

    static native int qv_flat_floats_create(
            @Const FloatBuffer values, @Cast("int64_t") long count, @Cast("int64_t*") long[] handle);

    static native void qv_flat_floats_free(@Cast("int64_t") long floats);

    static native int qv_flat_float_matrix_create(
            @Const FloatBuffer weights,
            @Cast("int64_t") long n,
            @Cast("int64_t") long k,
            @Const float @Nullable [] bias,
            int precision,
            @Cast("int64_t*") long[] handle);

    static native void qv_flat_float_matrix_free(@Cast("int64_t") long matrix);

    @Cast("int64_t")
    static native long qv_flat_float_matrix_bytes(@Cast("int64_t") long matrix);

    static native int qv_flat_arena_create(@Cast("int64_t") long bytes, @Cast("int64_t*") long[] handle);

    static native void qv_flat_arena_free(@Cast("int64_t") long arena);

    static native int qv_flat_arena_write(
            @Cast("int64_t") long arena,
            @Cast("int64_t") long offset,
            @Const float[] values,
            @Cast("int64_t") long from,
            @Cast("int64_t") long count);

    static native int qv_flat_arena_read(
            @Cast("int64_t") long arena,
            @Cast("int64_t") long offset,
            float[] values,
            @Cast("int64_t") long from,
            @Cast("int64_t") long count);

    static native int qv_flat_program_create(
            @Cast("const int64_t*") long[] words,
            @Cast("int64_t") long count,
            @Cast("int64_t") long arenaBytes,
            @Cast("int64_t") long scratchBytes,
            @Cast("int64_t*") long[] handle);

    static native int qv_flat_arena_move(
            @Cast("int64_t") long to,
            @Cast("int64_t") long toOffset,
            @Cast("int64_t") long from,
            @Cast("int64_t") long fromOffset,
            @Cast("int64_t") long count);

    static native int qv_flat_arena_clear(@Cast("int64_t") long arena);

    static native int qv_flat_program_create_slots(
            @Cast("const int64_t*") long[] words,
            @Cast("int64_t") long count,
            @Cast("int64_t") long arenaBytes,
            @Cast("int64_t") long scratchBytes,
            @Cast("const int64_t*") long[] slotBytes,
            int slots,
            @Cast("int64_t*") long[] handle);

    static native int qv_flat_program_run(
            @Cast("int64_t") long pool,
            @Cast("int64_t") long program,
            @Cast("int64_t") long arena,
            @Cast("const int64_t*") long[] states,
            @Cast("const int64_t*") long[] offsets,
            int slots,
            @Cast("int64_t*") long @Nullable [] stepNanos);

    static native void qv_flat_program_free(@Cast("int64_t") long program);

    static native int qv_flat_program_steps(@Cast("int64_t") long program);

    @Cast("int64_t")
    static native long qv_flat_program_thread_bytes(@Cast("int64_t") long program);

    /** Called by tests only. */
    static native void qv_flat_fail_allocation(@Cast("int64_t") long k);

    /** Called by tests only. */
    static native void qv_flat_fail_self_check(@Cast("const char*") byte[] tier);

    /** Called by tests only. */
    @Cast("int64_t")
    static native long qv_flat_live_allocations();
}
