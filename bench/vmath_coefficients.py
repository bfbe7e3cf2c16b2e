# SPDX-License-Identifier: GPL-3.0-or-later
# Recomputes the polynomial coefficients of sim/kernel/vmath.h (needs mpmath): interpolation at Chebyshev nodes with 60
# digits, rounded to double; prints them as hexadecimal constants together with the largest error before rounding.
from mpmath import mp, mpf, cos, pi, exp, log, sqrt, matrix, lu_solve, fabs

mp.dps = 60


def fit(name, f, low, high, degree, weight):
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * degree + 2)) for i in range(degree + 1)]
    a = matrix([[x**j for j in range(degree + 1)] for x in nodes])
    c = [mpf(float(v)) for v in lu_solve(a, matrix([f(x) for x in nodes]))]
    worst = max(fabs(weight(x) * (sum(v * x**j for j, v in enumerate(c)) - f(x)))
                for x in (low + (high - low) * mpf(i) / 2000 for i in range(2001)) if x != 0)
    print(f'{name}: degree {degree}, largest error 2^{float(log(worst, 2)):.1f}')
    print('  ' + ', '.join(float(v).hex() for v in c))


# exp: (e^r - 1 - r)/r^2 on |r| <= ln2/2 (a little wider, for the rounding of the reduction)
half = log(2) / 2 * mpf('1.0001')
fit('exp', lambda r: (exp(r) - 1 - r) / r**2, -half, half, 9, lambda r: r**2 / exp(r))
# log: (log((1+s)/(1-s)) - 2s)/s^3 as a polynomial in z = s^2, for 1/sqrt2 <= m < sqrt2, s = (m-1)/(m+1)
top = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1))**2 * mpf('1.0001')
fit('log', lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) - 2 * sqrt(z)) / sqrt(z)**3, top * mpf('1e-9'), top, 6,
    lambda z: z / 2)
