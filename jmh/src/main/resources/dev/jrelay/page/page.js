// SPDX-License-Identifier: Apache-2.0
// Draws the plots of a page from their description in JSON (see dev.jrelay.page.Plot) with D3. Colours come from
// page.css alone, so that a plot follows the theme without being drawn again.
'use strict';

window.relayPlots = (() => {
    const FONT = '13px system-ui, sans-serif';
    const NARROW = 600;
    const LINE = 17;
    /** Ratio of the largest to the smallest value from which a logarithmic axis shows more than a linear one. */
    const WIDE = 20;
    const SYMBOLS = d3.symbolsFill;
    const HUES = 4;
    /** From little to much; told apart with any kind of colour vision (cividis, light to dark). */
    const ramp = d3.scaleSequential(d3.interpolateCividis).domain([1, 0]);

    // ---- text and numbers -------------------------------------------------------------------------------------------

    const canvas = document.createElement('canvas').getContext('2d');

    /** The width of a text; a little more, since a standalone picture is shown with other fonts. */
    function widthOf(text, bold) {
        canvas.font = (bold ? '600 ' : '') + FONT;
        return canvas.measureText(text).width * 1.04;
    }

    const UNITS = {
        ns: [['ns', 1], ['µs', 1e3], ['ms', 1e6], ['s', 1e9]],
        bytes: [['bytes', 1], ['KiB', 1024], ['MiB', 1024 ** 2], ['GiB', 1024 ** 3]],
    };

    /** The unit in which a value reads best, and its worth. */
    function scaled(unit, value) {
        const units = UNITS[unit] || [[unit, 1]];
        return units.findLast(each => Math.abs(value) >= each[1] * 0.9995) || units[0];
    }

    function number(value) {
        return value === 0 ? '0' : Math.abs(value) >= 999.5 ? d3.format(',.0f')(value)
            : Math.abs(value) < 1e-3 ? d3.format('.1~e')(value).replace('−', '-') : d3.format('.3~r')(value);
    }

    function quantity(value, unit) {
        const [name, worth] = scaled(unit, value);
        return number(value / worth) + (name ? ' ' + name : '');
    }

    /** With all of its three digits: values that stand below each other. */
    function measured(value, unit) {
        const [name, worth] = scaled(unit, value);
        const scaledValue = value / worth;
        return (scaledValue >= 1e-3 && scaledValue < 999.5 ? d3.format('.3r')(scaledValue) : number(scaledValue))
            + (name ? ' ' + name : '');
    }

    // ---- scales -----------------------------------------------------------------------------------------------------

    const nines = percent => -Math.log10(1 - percent / 100);
    const PERCENTILES = [50, 90, 99, 99.9, 99.99, 99.999];

    /** Ticks of a logarithmic axis: 1, 2, 5 of each decade; more of a short way, or decades alone of a long one. */
    function logTicks([from, to], most) {
        const inside = values => values.filter(value => value >= from * 0.999 && value <= to * 1.001);
        const decades = d3.range(Math.floor(Math.log10(from)), Math.ceil(Math.log10(to)) + 1).map(e => 10 ** e);
        const multiples = factors => inside(decades.flatMap(decade => factors.map(factor => factor * decade)));
        const fine = multiples([1, 2, 5]);
        if (fine.length <= most) {
            const finest = multiples([1, 1.5, 2, 3, 4, 5, 7]);
            return fine.length < 3 && finest.length <= most ? finest : fine;
        }
        const coarse = inside(decades);
        return coarse.filter((_, i) => i % Math.ceil(coarse.length / most) === 0);
    }

    /**
     * The scale of an axis over values, with ticks and a title. A logarithmic axis names the unit at each tick, a
     * linear one in its title.
     */
    function scaleOf(axis, values, most) {
        const positive = values.filter(value => value > 0);
        if (axis.scale === 'NINES') {
            const to = d3.max(values);
            const ticks = PERCENTILES.filter(percent => nines(percent) <= to + 1e-9);
            return {scale: d3.scaleLinear().domain([d3.min(values), to]), title: axis.name,
                ticks: ticks.map(percent => ({at: nines(percent), text: percent + ' %'}))};
        }
        if (axis.scale === 'LOG' && positive.length > 0) {
            const hasZero = positive.length < values.length;
            const least = d3.min(positive);
            const floor = hasZero ? 10 ** (Math.ceil(Math.log10(least)) - 1.5) : axis.ticksAtValues ? least : least / 1.15;
            const domain = [floor, Math.max(d3.max(positive) * (axis.ticksAtValues ? 1 : 1.1), floor * 1.5)];
            const own = [...new Set(values)].sort(d3.ascending);
            const at = axis.ticksAtValues && own.length <= most ? own : logTicks([least / 1.001, domain[1]], most);
            const ticks = at.map(value => ({at: value, text: quantity(value, axis.unit)}));
            return {scale: d3.scaleLog().domain(domain).clamp(true), title: axis.name + ', log scale',
                ticks: hasZero ? [{at: floor, text: '0'}, ...ticks] : ticks};
        }
        const [unit, worth] = scaled(axis.unit, d3.max(values));
        const from = axis.ticksAtValues ? d3.min(values) : 0;
        const scale = d3.scaleLinear().domain([from, d3.max(values) * (axis.ticksAtValues ? 1 : 1.03) || 1]);
        const inUnit = d3.scaleLinear().domain(scale.domain().map(value => value / worth));
        const at = axis.ticksAtValues ? [...new Set(values)] : inUnit.ticks(most).map(value => value * worth);
        return {scale, title: axis.name + (unit ? ', ' + unit : ''),
            ticks: at.map(value => ({at: value, text: number(value / worth)}))};
    }

    // ---- parts of a drawing -----------------------------------------------------------------------------------------

    function canvasOf(width, height, plot) {
        const svg = d3.create('svg').attr('xmlns', 'http://www.w3.org/2000/svg').attr('class', 'plot')
            .attr('width', width).attr('height', height).attr('viewBox', `0 0 ${width} ${height}`)
            .attr('role', 'img').attr('aria-label', plot.title);
        return svg;
    }

    function text(parent, x, y, content, kind, anchor) {
        return parent.append('text').attr('x', x).attr('y', y).attr('class', kind || null)
            .attr('text-anchor', anchor || null).text(content);
    }

    function line(parent, x1, y1, x2, y2, kind) {
        return parent.append('line').attr('x1', x1).attr('y1', y1).attr('x2', x2).attr('y2', y2).attr('class', kind);
    }

    function xAxis(svg, {scale, ticks, title}, top, bottom, width) {
        const [from, to] = scale.range();
        let end = -Infinity;
        for (const tick of ticks) {
            const x = scale(tick.at);
            line(svg, x, top, x, bottom, 'grid');
            const half = widthOf(tick.text) / 2;
            const middle = Math.min(Math.max(x, half), width - half);
            if (middle - half > end + 6) {
                text(svg, middle, bottom + 17, tick.text, null, 'middle');
                end = middle + half;
            }
        }
        line(svg, from, bottom, to, bottom, 'axis');
        const half = widthOf(title) / 2;
        text(svg, Math.min(Math.max((from + to) / 2, half), width - half), bottom + 38, title, 'title', 'middle');
    }

    function interval(parent, point, scale, at, horizontal) {
        if (point.high > point.low) {
            const low = scale(point.low);
            const high = scale(point.high);
            const path = horizontal
                ? `M${low},${at}H${high}M${low},${at - 4}v8M${high},${at - 4}v8`
                : `M${at},${low}V${high}M${at - 4},${low}h8M${at - 4},${high}h8`;
            parent.append('path').attr('class', 'interval').attr('d', path);
        }
    }

    // ---- bars -------------------------------------------------------------------------------------------------------

    /** Groups of bars over one axis; over a wide range dots on a logarithmic axis, since that has no zero. */
    function bars(plot, width) {
        const all = plot.groups.flatMap(group => group.bars);
        const isWide = d3.max(all, bar => bar.value) > WIDE * d3.min(all, bar => bar.value);
        const narrow = width < NARROW;
        const row = narrow ? 42 : 26;
        const left = narrow ? 2 : d3.max(all, bar => widthOf(bar.name, bar.kind === 'OWN')) + 12;
        const right = d3.max(all, bar => widthOf(measured(bar.value, plot.axis.unit), true)) + 14;
        const axis = scaleOf({...plot.axis, scale: isWide ? 'LOG' : 'LINEAR'},
            all.flatMap(bar => [bar.low, bar.value, bar.high]), narrow ? 5 : 8);
        const x = axis.scale.range([left + (isWide ? 8 : 0), width - right]);
        const titles = plot.groups.filter(group => group.name).length;
        const bottom = all.length * row + titles * 34 + 4;
        const svg = canvasOf(width, bottom + 48, plot);
        xAxis(svg, axis, 0, bottom, width);
        let y = 0;
        for (const group of plot.groups) {
            if (group.name) {
                text(svg, 2, y + 23, group.name, 'group');
                y += 34;
            }
            for (const bar of group.bars) {
                const g = svg.append('g').attr('class', bar.kind.toLowerCase());
                const middle = y + (narrow ? 28 : 13);
                if (narrow) {
                    text(g, 2, y + 15, bar.name, 'name');
                } else {
                    text(g, left - 12, middle + 4.5, bar.name, 'name', 'end');
                }
                const shape = isWide
                    ? g.append('circle').attr('cx', x(bar.value)).attr('cy', middle).attr('r', 5.5)
                    : g.append('rect').attr('x', x(0)).attr('y', middle - 8).attr('height', 16)
                        .attr('width', Math.max(1, x(bar.value) - x(0)));
                shape.attr('class', 'bar').append('title').text(`${bar.name}: ${measured(bar.value, plot.axis.unit)}`
                    + (bar.high > bar.low ? ` (${measured(bar.low, plot.axis.unit)} to `
                    + `${measured(bar.high, plot.axis.unit)})` : ''));
                interval(g, bar, x, middle, true);
                text(g, Math.max(x(bar.value), x(bar.high)) + 9, middle + 4.5, measured(bar.value, plot.axis.unit),
                    'value');
                y += row;
            }
        }
        return svg.node();
    }

    // ---- lines ------------------------------------------------------------------------------------------------------

    /** Moves labels apart, from the top down and then from the bottom up. */
    function apart(labels, top, bottom) {
        labels.sort((a, b) => a.y - b.y);
        labels.forEach((label, i) => {
            label.at = Math.max(label.y, i === 0 ? top : labels[i - 1].at + LINE - 2);
        });
        for (let i = labels.length - 1, limit = bottom; i >= 0; i--, limit -= LINE - 2) {
            labels[i].at = Math.min(labels[i].at, i === labels.length - 1 ? limit : labels[i + 1].at - LINE + 2);
        }
    }

    /** Lines, named at their end where there is room, else in a legend. */
    function lines(plot, width) {
        const narrow = width < NARROW;
        const points = plot.series.flatMap(series => series.points);
        const xs = scaleOf(plot.x, points.map(point => point.x).concat(plot.marks.map(mark => mark.x)),
            narrow ? 4 : 8);
        const ys = scaleOf(plot.y, points.flatMap(point => point.high > point.low
            ? [point.low, point.y, point.high] : [point.y]), 6);
        const left = d3.max(ys.ticks, tick => widthOf(tick.text)) + 10;
        const names = d3.max(plot.series, series => widthOf(series.name, series.kind === 'OWN'));
        const right = narrow ? 12 : names + 30;
        const top = plot.marks.length > 0 ? 50 : 28;
        const bottom = top + (narrow ? 260 : Math.max(330, plot.series.length * LINE));
        const x = xs.scale.range([left, width - right]);
        const y = ys.scale.range([bottom, top]);
        const legend = narrow ? legendOf(plot.series, width) : [];
        const svg = canvasOf(width, bottom + 48 + (narrow ? 12 + LINE * 1.3 * (d3.max(legend, item => item.row) + 1) : 0),
            plot);
        text(svg, 2, 13, ys.title, 'title');
        for (const tick of ys.ticks) {
            line(svg, left, y(tick.at), width - right, y(tick.at), 'grid');
            text(svg, left - 8, y(tick.at) + 4.5, tick.text, null, 'end');
        }
        xAxis(svg, xs, top, bottom, width);
        for (const mark of plot.marks) {
            line(svg, x(mark.x), top - 4, x(mark.x), bottom, 'mark');
            const half = widthOf(mark.text) / 2;
            text(svg, Math.min(Math.max(x(mark.x), half), width - half), top - 10, mark.text, 'mark', 'middle');
        }
        const labels = [];
        for (const series of [...plot.series].sort((a, b) => (a.kind === 'OWN') - (b.kind === 'OWN'))) {
            const g = svg.append('g').attr('class', styleOf(plot.series, series));
            g.append('path').attr('class', series.dashed ? 'dashed' : null)
                .attr('d', d3.line(point => x(point.x), point => y(point.y))(series.points)).append('title')
                .text(series.name);
            for (const point of series.points) {
                if (series.kind === 'OWN') {
                    interval(g, point, y, x(point.x), false);
                }
                if (xs.ticks.some(tick => Math.abs(tick.at - point.x) < 1e-9) || series.points.length < 16) {
                    symbol(g, plot.series, series, x(point.x), y(point.y)).append('title').text(`${series.name}: `
                        + quantity(point.y, plot.y.unit));
                }
            }
            const last = series.points.at(-1);
            labels.push({name: series.name, own: series.kind === 'OWN', x: x(last.x), y: y(last.y)});
        }
        if (narrow) {
            for (const item of legend) {
                const at = bottom + 66 + item.row * LINE * 1.3;
                const g = svg.append('g').attr('class', styleOf(plot.series, item.series));
                g.append('path').attr('class', item.series.dashed ? 'dashed' : null)
                    .attr('d', `M${item.x},${at - 5}h22`);
                symbol(g, plot.series, item.series, item.x + 11, at - 5);
                text(g, item.x + 28, at, item.series.name, item.series.kind === 'OWN' ? 'own' : null);
            }
        } else {
            apart(labels, top + 4, bottom - 4);
            for (const label of labels) {
                svg.append('path').attr('class', 'leader')
                    .attr('d', `M${label.x + 7},${label.y}L${width - right + 20},${label.at}`);
                text(svg, width - right + 24, label.at + 4.5, label.name, label.own ? 'own' : null);
            }
        }
        return svg.node();
    }

    function legendOf(all, width) {
        let x = 0;
        let row = 0;
        return all.map(series => {
            const needed = 28 + widthOf(series.name, series.kind === 'OWN');
            if (x > 0 && x + needed > width) {
                x = 0;
                row++;
            }
            const item = {series, x, row};
            x += needed + 16;
            return item;
        });
    }

    function styleOf(all, series) {
        const peers = all.filter(each => each.kind === 'PEER');
        return 'series ' + (series.kind === 'PEER' ? 'hue' + peers.indexOf(series) % HUES : series.kind.toLowerCase());
    }

    function symbol(parent, all, series, x, y) {
        const same = all.filter(each => each.kind === series.kind);
        const type = SYMBOLS[same.indexOf(series) % SYMBOLS.length];
        return parent.append('path').attr('class', 'point').attr('d', d3.symbol(type, series.kind === 'OWN' ? 60 : 40)())
            .attr('transform', `translate(${x},${y})`);
    }

    // ---- heat map ---------------------------------------------------------------------------------------------------

    /** The share of a logarithmic way from the smallest value to the largest; nothing has no colour. */
    function heatMap(plot, width) {
        const positive = plot.values.flat().filter(value => value > 0);
        const heat = d3.scaleLog().domain([d3.min(positive) || 1, Math.max(d3.max(positive) || 1,
            10 * (d3.min(positive) || 1))]);
        const left = d3.max(plot.rows, row => widthOf(row)) + 10;
        const top = 28;
        const cell = 34;
        const bottom = top + plot.rows.length * cell;
        const x = d3.scaleBand(d3.range(plot.columns.length), [left, width - 4]).paddingInner(0.04);
        const svg = canvasOf(width, bottom + 48, plot);
        text(svg, 2, 13, plot.y, 'title');
        plot.rows.forEach((name, row) => {
            const y = top + row * cell;
            text(svg, left - 10, y + cell / 2 + 4.5, name, null, 'end');
            plot.columns.forEach((column, index) => {
                const value = plot.values[row][index];
                const share = value > 0 ? heat(value) : 0;
                const g = svg.append('g').attr('class', 'cell' + (value > 0 ? share < 0.5 ? ' bright' : ' deep' : ''));
                g.append('rect').attr('x', x(index)).attr('y', y).attr('width', x.bandwidth())
                    .attr('height', cell - 2).attr('fill', value > 0 ? ramp(share) : null)
                    .attr('class', value > 0 ? null : 'none').append('title')
                    .text(`${column}, ${name}: ${quantity(value, plot.unit)}`);
                text(g, x(index) + x.bandwidth() / 2, y + cell / 2 + 3.5, value > 0 && value < 99.5 ? d3.format('.2~r')(value)
                    : number(value), null, 'middle');
            });
        });
        plot.columns.forEach((column, index) => {
            text(svg, x(index) + x.bandwidth() / 2, bottom + 17, column, null, 'middle');
        });
        text(svg, (left + width) / 2, bottom + 38, plot.x, 'title', 'middle');
        for (const kind of ['chosen', 'chosen inner']) {
            svg.append('rect').attr('class', kind).attr('x', x(plot.chosenColumn)).attr('width', x.bandwidth())
                .attr('y', top + plot.chosenRow * cell).attr('height', cell - 2);
        }
        return svg.node();
    }

    // ---- the page ---------------------------------------------------------------------------------------------------

    const KINDS = {Bars: bars, Lines: lines, HeatMap: heatMap};
    const plots = new Map(JSON.parse(document.getElementById('plots').textContent).map(plot => [plot.id, plot]));

    const resized = new ResizeObserver(entries => {
        for (const entry of entries) {
            const width = Math.floor(entry.contentRect.width);
            if (width > 0 && width !== Number(entry.target.dataset.width)) {
                draw(entry.target, width);
            }
        }
    });

    function draw(place, width) {
        const plot = plots.get(place.dataset.plot);
        place.dataset.width = width;
        place.replaceChildren(KINDS[plot.kind](plot, width));
    }

    for (const place of document.querySelectorAll('[data-plot]')) {
        resized.observe(place);
    }

    return {
        /** A plot as a picture of its own, with its title and its colours for both themes. */
        svg(id, width) {
            const plot = plots.get(id);
            const drawing = KINDS[plot.kind](plot, width - 32);
            const height = Number(drawing.getAttribute('height')) + 56;
            const svg = canvasOf(width, height, plot);
            svg.append('style').text(document.querySelector('style').textContent);
            svg.append('rect').attr('width', width).attr('height', height).attr('style', 'fill: var(--paper)');
            text(svg, 16, 28, plot.title, 'group').attr('style', 'font-size: 15px');
            drawing.setAttribute('x', 16);
            drawing.setAttribute('y', 44);
            drawing.removeAttribute('role');
            svg.node().append(drawing);
            return new XMLSerializer().serializeToString(svg.node()) + '\n';
        },
    };
})();
