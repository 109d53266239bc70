// The form of AVX-VNNI.
#define QV_DOT "%{vex%} vpdpbusd"
#define QV_REGISTER "x"
#define QV_ATTENTION qv_attention_int8_vex
#include "attention.inc"
