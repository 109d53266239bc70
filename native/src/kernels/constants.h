// Numbers that the tiers share. The file has constants only, because the linker could choose a copy of an inline
// function that was compiled for a faster CPU.
#pragma once

namespace qv {

// exp(x): x = n ln 2 + r with ln 2 in two parts, then a polynomial in r (Cephes expf), exact to 1 ulp or so.
constexpr float kExpLow = -87.33654f;   // exp of a smaller x is taken as 0
constexpr float kExpHigh = 88.37626f;   // exp of a larger x is taken as exp of this
constexpr float kLog2E = 1.44269504088896341f;
constexpr float kLn2High = 0.693359375f;
constexpr float kLn2Low = -2.12194440e-4f;
constexpr float kExp0 = 1.9875691500e-4f;
constexpr float kExp1 = 1.3981999507e-3f;
constexpr float kExp2 = 8.3334519073e-3f;
constexpr float kExp3 = 4.1665795894e-2f;
constexpr float kExp4 = 1.6666665459e-1f;
constexpr float kExp5 = 5.0000001201e-1f;

// gelu(x) = x / 2 + x^2 Q(s) with s = x^2 * kGeluStep - 1 in [-1, 1]: Q is a minimax polynomial of
// (Phi(|x|) - 1/2) / |x|. Beyond kGeluLimit = 5.2^2 gelu is 0 or x to 6e-7, which is also the largest error within;
// near 0 the relative error is 1e-7.
constexpr float kGeluLimit = 27.0400009f;
constexpr float kGeluStep = 0.0739644915f;
constexpr int kGeluTerms = 15;
constexpr float kGelu[kGeluTerms] = {
    0.135949969f, -0.0677437708f, 0.0500260182f, -0.0399265848f, 0.031964425f,
    -0.0247518141f, 0.0181166958f, -0.0124012269f, 0.00807424262f, -0.00497318571f,
    0.00254392973f, -0.00106626586f, 0.000706521969f, -0.000531207072f, 0.000166071462f,
};

}  // namespace qv
