// SPDX-License-Identifier: Apache-2.0
// Looks at a page as its reader does, everything unfolded, and says in JSON what is wrong with it.
(async () => {
    const findings = [];
    const CONTRAST = 4.5;

    document.querySelectorAll('details').forEach(details => {
        details.open = true;
    });
    for (let i = 0; i < 3; i++) {
        await new Promise(done => requestAnimationFrame(done));
    }

    const channel = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const luminance = rgb => rgb.map(value => channel(value / 255))
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const rgb = color => {
        const parts = color.match(/[\d.]+/g).map(Number);
        return parts.length === 4 && parts[3] === 0 ? null : parts.slice(0, 3);
    };
    const contrast = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const behind = element => {
        const cell = element.closest('.cell');
        if (cell) {
            return rgb(getComputedStyle(cell.querySelector('rect')).fill);
        }
        for (let each = element; each; each = each.parentElement) {
            const color = rgb(getComputedStyle(each).backgroundColor);
            if (color) {
                return color;
            }
        }
        return [255, 255, 255];
    };

    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const hidden = element.closest('script, style, noscript, title')
            || getComputedStyle(element.closest('thead') || element).position === 'absolute';
        if (!hidden && walker.currentNode.data.trim() !== '') {
            texts.push(element);
        }
    }
    if (document.documentElement.scrollWidth > innerWidth) {
        findings.push(`the page is ${document.documentElement.scrollWidth} pixels wide`);
    }
    for (const element of texts) {
        const style = getComputedStyle(element);
        const what = `'${element.textContent.trim().slice(0, 60)}'`;
        const box = element.getBoundingClientRect();
        const svg = element.closest('svg');
        const frame = svg ? svg.getBoundingClientRect() : {left: 0, right: innerWidth, top: -Infinity, bottom: Infinity};
        if (box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.top < frame.top - 0.5
                || box.bottom > frame.bottom + 0.5) {
            findings.push(`clipped: ${what}`);
        }
        const ratio = contrast(rgb(svg ? style.fill : style.color), behind(element));
        if (ratio < CONTRAST) {
            findings.push(`contrast ${ratio.toFixed(2)}: ${what}`);
        }
        if (style.userSelect === 'none') {
            findings.push(`cannot be selected: ${what}`);
        }
    }

    const titles = {Bars: 1, Lines: 2, HeatMap: 2};
    const kinds = new Map(JSON.parse(document.getElementById('plots').textContent).map(plot => [plot.id, plot.kind]));
    for (const place of document.querySelectorAll('[data-plot]')) {
        const svg = place.querySelector('svg');
        const id = place.dataset.plot;
        if (!svg) {
            findings.push(`not drawn: ${id}`);
            continue;
        }
        if (/NaN|undefined|Infinity/.test(svg.outerHTML)) {
            findings.push(`drawn with something that is no number: ${id}`);
        }
        if (svg.querySelectorAll('text.title').length !== titles[kinds.get(id)]) {
            findings.push(`an axis without a title: ${id}`);
        }
        const boxes = [...svg.querySelectorAll('text')].map(element => [element, element.getBoundingClientRect()]);
        boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
            if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4) {
                findings.push(`${id}: '${one.textContent}' over '${other.textContent}'`);
            }
        }));
    }
    return JSON.stringify(findings);
})()
