package org.quantvoice.cli.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws charts as SVG text. */
public final class Charts {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 420;
    private static final int BARS_HEIGHT = 520;
    /**
     * The width in pixels of an upright label with some room. So the names of many layers make a chart wider instead of
     * unreadable.
     */
    private static final int LABEL_WIDTH = 15;

    private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 10);
    private static final int SMALL_WIDTH = 260;
    private static final int SMALL_HEIGHT = 150;
    private static final Color[] COLORS = {
        new Color(0x1f, 0x5f, 0xa8),
        new Color(0xd9, 0x6b, 0x27),
        new Color(0x3a, 0x8f, 0x4d),
        new Color(0x8a, 0x4f, 0x9e),
        new Color(0xb8, 0x33, 0x4a),
        new Color(0x6b, 0x6b, 0x6b)
    };

    /** A line of a chart with its points. */
    public record Line(String name, List<Double> x, List<Double> y) {
        public Line {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    private Charts() {}

    /**
     * Draws bars side by side for each label.
     *
     * @param series values by name, one for each label
     */
    public static String bars(String title, String axis, List<String> labels, Map<String, List<Double>> series) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(Math.max(WIDTH, labels.size() * LABEL_WIDTH))
                .height(BARS_HEIGHT)
                .title(title)
                .yAxisTitle(axis)
                .build();
        style(chart.getStyler());
        chart.getStyler().setXAxisLabelRotation(90);
        chart.getStyler().setAvailableSpaceFill(0.8);
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        chart.getStyler().setLegendVisible(series.size() > 1);
        series.forEach((name, values) -> chart.addSeries(name, labels, values));
        return svg(chart);
    }

    /** Draws lines with a mark at each point. */
    public static String lines(String title, String xAxis, String yAxis, List<Line> lines) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle(yAxis)
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendVisible(lines.size() > 1);
        chart.getStyler().setYAxisMin(0.0);
        for (Line line : lines) {
            XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
            series.setMarker(SeriesMarkers.CIRCLE);
            series.setLineStyle(new BasicStroke(2));
        }
        return svg(chart);
    }

    /** Draws a small histogram of counts in bins of equal width. */
    public static String histogram(String title, double low, double high, List<Long> counts) {
        XYChart chart = new XYChartBuilder()
                .width(SMALL_WIDTH)
                .height(SMALL_HEIGHT)
                .title(title)
                .build();
        style(chart.getStyler());
        chart.getStyler().setChartTitleFont(SMALL);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setXAxisMaxLabelCount(5);
        chart.getStyler().setXAxisDecimalPattern("0.##");
        chart.getStyler().setYAxisTicksVisible(false);
        chart.getStyler().setPlotGridLinesVisible(false);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.StepArea);
        double width = high > low ? (high - low) / counts.size() : 1;
        List<Double> begins = new ArrayList<>();
        List<Double> heights = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            begins.add(low + i * width);
            heights.add(Math.log10(1.0 + counts.get(i)));
        }
        begins.add(low + counts.size() * width);
        heights.add(0.0);
        XYSeries series = chart.addSeries("outputs", begins, heights);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineWidth(0.5f);
        return svg(chart);
    }

    private static void style(Styler styler) {
        styler.setSeriesColors(COLORS);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendFont(SMALL);
        if (styler instanceof AxesChartStyler axes) {
            axes.setAxisTickLabelsFont(SMALL);
            axes.setAxisTitleFont(SMALL);
        }
        styler.setLegendPosition(Styler.LegendPosition.InsideNE);
        styler.setLegendBorderColor(Color.LIGHT_GRAY);
        styler.setChartTitleBoxVisible(false);
    }

    private static String svg(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
            // Letters are outlines with ten decimals; two decimals are more exact than a screen.
            return out.toString(StandardCharsets.UTF_8).replaceAll("(\\d\\.\\d\\d)\\d+", "$1");
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a write to memory does not fail
        }
    }
}
