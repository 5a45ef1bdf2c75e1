// The little of SVG that charts are made of.

export function svgDocument(width: number, height: number, parts: readonly string[]): string {
  const box = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${box} font-family="sans-serif" font-size="12">`;
  return [open, '<rect width="100%" height="100%" fill="white"/>', ...parts, '</svg>', ''].join('\n');
}

export function svgText(x: number, y: number, words: string, attributes = ''): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${rounded(x)}" y="${rounded(y)}" ${attributes}>${escaped}</text>`;
}

/** To a tenth of a pixel. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
