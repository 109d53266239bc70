package org.quantvoice.internal.features;

/**
 * Features as they are defined: each line of a frame's spectrum is a sum over all its samples, each filter is evaluated at every line, each
 * bin is normalised by itself. In double, and as slow as that is; shares nothing with what it checks.
 */
final class PlainFeatures {
    private PlainFeatures() {}

    /** Features before each bin is normalised, {@code [frames][bins]}. */
    static double[][] of(FrontEnd f, float[] samples) {
        int half = f.fft() / 2;
        boolean centred = f.kind() == FrontEnd.Kind.NEMO || f.kind() == FrontEnd.Kind.WHISPER;
        int lead = centred ? half - (f.fft() - f.window()) / 2 : 0;
        int whole = samples.length < f.window() ? 0 : (samples.length - f.window()) / f.hop() + 1;
        int reached = lead + samples.length < f.window() ? 0 : (lead + samples.length - f.window()) / f.hop() + 1;
        int count = centred ? samples.length / f.hop() : whole;
        // What a stream has written before its end is known stays.
        count = f.kind() == FrontEnd.Kind.NEMO ? Math.max(count, reached) : count;
        if (f.kind() == FrontEnd.Kind.WHISPER && samples.length > half) {
            count = Math.max(count, reached);
        }
        double[][] features = new double[count][f.bins()];
        double[][] filters = filters(f);
        for (int i = 0; i < count; i++) {
            double[] frame = new double[f.window()];
            for (int j = 0; j < frame.length; j++) {
                frame[j] = signal(f, samples, i * f.hop() - lead + j);
            }
            finish(f, frame, filters, features[i]);
        }
        if (f.kind() == FrontEnd.Kind.WHISPER) {
            raise(features);
        }
        return features;
    }

    private static double signal(FrontEnd f, float[] samples, int place) {
        if (f.kind() == FrontEnd.Kind.WHISPER) {
            int at = place;
            int last = samples.length - 1;
            while (at < 0 || at > last) {
                at = last == 0 ? 0 : at < 0 ? -at : 2 * last - at;
            }
            return samples[at];
        }
        if (place < 0 || place >= samples.length) {
            return 0;
        }
        if (f.kind() == FrontEnd.Kind.KALDI || place == 0) {
            return samples[place];
        }
        return samples[place] - f.preEmphasis() * samples[place - 1];
    }

    private static void finish(FrontEnd f, double[] frame, double[][] filters, double[] values) {
        int n = frame.length;
        if (f.kind() == FrontEnd.Kind.KALDI) {
            double mean = 0;
            for (double x : frame) {
                mean += x / n;
            }
            for (int j = n - 1; j >= 0; j--) {
                frame[j] = (frame[j] - mean - f.preEmphasis() * (frame[Math.max(0, j - 1)] - mean)) * 32_768;
            }
        }
        for (int j = 0; j < n; j++) {
            double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * j / (f.kind() == FrontEnd.Kind.WHISPER ? n : n - 1));
            frame[j] *= f.kind() == FrontEnd.Kind.KALDI ? Math.pow(hann, 0.85) : hann;
        }
        double[] power = power(frame, f.fft());
        for (int bin = 0; bin < values.length; bin++) {
            double energy = 0;
            for (int k = 0; k < power.length; k++) {
                energy += filters[bin][k] * power[k];
            }
            values[bin] = switch (f.kind()) {
                case KALDI -> Math.log(Math.max(energy, 1.1920928955078125e-07));
                case NEMO -> Math.log(energy + Math.pow(2, -24));
                case LASR -> Math.log(Math.max(energy, 1e-5));
                case WHISPER -> Math.log10(Math.max(energy, 1e-10));
            };
        }
    }

    /** The lines below the Nyquist frequency, where all filters have ended. */
    static double[] power(double[] frame, int fft) {
        double[] power = new double[fft / 2];
        for (int k = 0; k < power.length; k++) {
            double re = 0;
            double im = 0;
            for (int j = 0; j < frame.length; j++) {
                double angle = 2 * Math.PI * ((long) j * k % fft) / fft;
                re += frame[j] * Math.cos(angle);
                im -= frame[j] * Math.sin(angle);
            }
            power[k] = re * re + im * im;
        }
        return power;
    }

    private static double[][] filters(FrontEnd f) {
        boolean slaney = f.kind() == FrontEnd.Kind.NEMO || f.kind() == FrontEnd.Kind.WHISPER;
        double low = f.kind() == FrontEnd.Kind.KALDI ? 20 : f.kind() == FrontEnd.Kind.LASR ? 125 : 0;
        double high = f.kind() == FrontEnd.Kind.LASR ? 7_500 : f.sampleRate() / 2.0;
        double[][] filters = new double[f.bins()][f.fft() / 2];
        double step = (mel(slaney, high) - mel(slaney, low)) / (f.bins() + 1);
        for (int bin = 0; bin < f.bins(); bin++) {
            for (int k = slaney ? 0 : 1; k < filters[bin].length; k++) {
                double hertz = (double) k * f.sampleRate() / f.fft();
                double left = mel(slaney, low) + bin * step;
                if (slaney) {
                    double a = hertz(left);
                    double b = hertz(left + step);
                    double c = hertz(left + 2 * step);
                    double height = Math.max(0, Math.min((hertz - a) / (b - a), (c - hertz) / (c - b)));
                    filters[bin][k] = (float) (2 * height / (c - a));
                } else {
                    double at = (mel(false, hertz) - left) / step;
                    filters[bin][k] = Math.max(0, Math.min(at, 2 - at));
                }
            }
        }
        return filters;
    }

    private static double mel(boolean slaney, double hertz) {
        if (!slaney) {
            return 1127 * Math.log(1 + hertz / 700);
        }
        return hertz < 1_000 ? 3 * hertz / 200 : 15 + 27 * Math.log(hertz / 1_000) / Math.log(6.4);
    }

    private static double hertz(double mel) {
        return mel < 15 ? 200 * mel / 3 : 1_000 * Math.exp((mel - 15) * Math.log(6.4) / 27);
    }

    private static void raise(double[][] features) {
        double top = Double.NEGATIVE_INFINITY;
        for (double[] frame : features) {
            for (double value : frame) {
                top = Math.max(top, value);
            }
        }
        for (double[] frame : features) {
            for (int bin = 0; bin < frame.length; bin++) {
                frame[bin] = (Math.max(frame[bin], top - 8) + 4) / 4;
            }
        }
    }

    /** Each bin of {@code [frames, bins]} with a mean of 0 and a variance of 1. */
    static double[][] normalized(FrontEnd f, float[] features) {
        int count = features.length / f.bins();
        double[][] normalized = new double[count][f.bins()];
        for (int bin = 0; bin < f.bins(); bin++) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < count; i++) {
                mean += features[i * f.bins() + bin] / (double) count;
            }
            for (int i = 0; i < count; i++) {
                double away = features[i * f.bins() + bin] - mean;
                variance += away * away / Math.max(1, count - 1);
            }
            double spread = f.kind() == FrontEnd.Kind.NEMO ? Math.sqrt(variance) + 1e-5 : Math.sqrt(variance + 1e-7);
            for (int i = 0; i < count; i++) {
                normalized[i][bin] = (features[i * f.bins() + bin] - mean) / spread;
            }
        }
        return normalized;
    }
}
