// The form of AVX-512 VNNI.
#define QV_DOT "vpdpbusd"
#define QV_REGISTER "v"
#define QV_ATTENTION qv_attention_int8_evex
#include "attention.inc"
