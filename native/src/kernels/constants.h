// Numbers that the tiers share. Constants only: an inline function here could reach a slow CPU compiled for a fast one.
#pragma once

namespace qv {

// exp(x): x = n ln 2 + r with ln 2 in two parts, then a polynomial in r (Cephes expf), exact to 1 ulp or so.
constexpr float kExpLow = -87.33654f;   // exp of less is taken as 0
constexpr float kExpHigh = 88.37626f;   // exp of more is taken as exp of this
constexpr float kLog2E = 1.44269504088896341f;
constexpr float kLn2High = 0.693359375f;
constexpr float kLn2Low = -2.12194440e-4f;
constexpr float kExp0 = 1.9875691500e-4f;
constexpr float kExp1 = 1.3981999507e-3f;
constexpr float kExp2 = 8.3334519073e-3f;
constexpr float kExp3 = 4.1665795894e-2f;
constexpr float kExp4 = 1.6666665459e-1f;
constexpr float kExp5 = 5.0000001201e-1f;

// erfc(z) = t (a1 + t (a2 + ... a5 t)) exp(-z z), t = 1 / (1 + p z), z >= 0: Abramowitz and Stegun 7.1.26, error 1.5e-7.
constexpr float kErfP = 0.3275911f;
constexpr float kErf1 = 0.254829592f;
constexpr float kErf2 = -0.284496736f;
constexpr float kErf3 = 1.421413741f;
constexpr float kErf4 = -1.453152027f;
constexpr float kErf5 = 1.061405429f;
constexpr float kSqrtHalf = 0.70710678118654752f;

}  // namespace qv
