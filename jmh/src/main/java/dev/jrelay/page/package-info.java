// SPDX-License-Identifier: Apache-2.0
/**
 * Pages of results: a {@link dev.jrelay.page.Page} is put together from text, {@link dev.jrelay.page.Table tables} and
 * {@link dev.jrelay.page.Plot plots}, and written as one HTML file that needs nothing else, or as Markdown without the
 * plots. The plots are described as data here and drawn in the reader's browser, by {@code page.js} with D3.
 */
package dev.jrelay.page;
