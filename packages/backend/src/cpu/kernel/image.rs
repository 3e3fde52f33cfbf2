//! Operands of int8 or int16 as the convolution kernels read them, with the padding around them: int16 less the zero point,
//! or unsigned bytes.

/// How one operand (NHWC or NDHWC) is laid out for a kernel.
#[derive(Clone, Debug)]
pub struct Image {
    /// Planes: 1 of NHWC.
    pub depth: usize,
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    /// Bytes of an element.
    pub bytes: usize,
    /// From one element to the next along height and width: between them lies padding.
    pub spacing: [usize; 2],
    /// Front, back, top, bottom, left, right.
    pub pad: [usize; 6],
    /// Every channel comes so many times in a row.
    pub repeat: usize,
    /// Elements from pixel to pixel.
    pub pixel: usize,
    pub zero_point: i16,
}

/// Elements behind an image that a kernel may read without using them.
const SLACK: usize = 64;

impl Image {
    /// Lengths with what lies between elements.
    fn spaced(&self) -> [usize; 2] {
        let [down, across] = self.spacing;
        [(self.height - 1) * down + 1, (self.width - 1) * across + 1]
    }

    pub fn row(&self) -> usize {
        (self.spaced()[1] + self.pad[4] + self.pad[5]).saturating_mul(self.pixel)
    }

    pub fn plane(&self) -> usize {
        (self.spaced()[0] + self.pad[2] + self.pad[3]).saturating_mul(self.row())
    }

    /// Elements of one image; what no memory holds is as much as there is.
    pub fn len(&self) -> usize {
        (self.depth + self.pad[0] + self.pad[1]).saturating_mul(self.plane())
    }

    /// Canonical bytes of one image before the layout.
    pub fn canonical(&self) -> usize {
        self.depth * self.height * self.width * self.channels * self.bytes
    }

    /// Lays out the images that `from` consists of, one behind the other, with the padding's element around them.
    #[inline(always)]
    pub fn lay_out<E: Element>(&self, from: &[u8], to: &mut Vec<E::To>) {
        let count = from.len() / self.canonical();
        to.resize(count * self.len() + SLACK, E::To::default());
        if self.canonical() == self.len() * self.bytes {
            return self.convert::<E>(from, to);
        }
        for (from, to) in from.chunks_exact(self.canonical()).zip(to.chunks_exact_mut(self.len())) {
            self.one::<E>(from, to);
        }
    }

    #[inline(always)]
    fn one<E: Element>(&self, from: &[u8], to: &mut [E::To]) {
        let [front, back, ..] = self.pad;
        let (plane, padding) = (self.plane(), E::padding(self.zero_point));
        let (before, rest) = to.split_at_mut(front * plane);
        let (inside, behind) = rest.split_at_mut(self.depth * plane);
        before.fill(padding);
        debug_assert_eq!(behind.len(), back * plane);
        behind.fill(padding);
        for (from, to) in from.chunks_exact(self.canonical() / self.depth).zip(inside.chunks_exact_mut(plane)) {
            self.one_plane::<E>(from, to);
        }
    }

    #[inline(always)]
    fn one_plane<E: Element>(&self, from: &[u8], to: &mut [E::To]) {
        let [_, _, top, _, left, _] = self.pad;
        let padding = E::padding(self.zero_point);
        if self.spacing != [1; 2] {
            return self.one_spaced::<E>(from, to);
        }
        let (row, inside, pixel) = (self.row(), self.width * self.pixel, self.channels * self.bytes);
        let (before, mut rest) = to.split_at_mut(top * row + left * self.pixel);
        before.fill(padding);
        for (at, from) in (1..).zip(from.chunks_exact(self.width * pixel)) {
            let (pixels, behind) = rest.split_at_mut(inside);
            if self.pixel == self.channels {
                self.convert::<E>(from, pixels);
            } else {
                for (from, to) in from.chunks_exact(pixel).zip(pixels.chunks_exact_mut(self.pixel)) {
                    self.spread::<E>(from, to);
                }
            }
            // Up to the next row's pixels, or all that is left.
            let gap = if at < self.height { row - inside } else { behind.len() };
            let (gap, next) = behind.split_at_mut(gap);
            gap.fill(padding);
            rest = next;
        }
    }

    #[inline(always)]
    fn one_spaced<E: Element>(&self, from: &[u8], to: &mut [E::To]) {
        let ([_, _, top, _, left, _], [down, across]) = (self.pad, self.spacing);
        to.fill(E::padding(self.zero_point));
        let rows = to.chunks_exact_mut(self.row()).skip(top).step_by(down);
        for (from, to) in from.chunks_exact(self.width * self.channels * self.bytes).zip(rows) {
            let pixels = to.chunks_exact_mut(self.pixel).skip(left).step_by(across);
            for (from, to) in from.chunks_exact(self.channels * self.bytes).zip(pixels) {
                self.spread::<E>(from, to);
            }
        }
    }

    #[inline(always)]
    fn convert<E: Element>(&self, from: &[u8], to: &mut [E::To]) {
        for (from, to) in E::elements(from).iter().zip(to) {
            *to = E::element(*from, self.zero_point);
        }
    }

    #[inline(always)]
    fn spread<E: Element>(&self, from: &[u8], to: &mut [E::To]) {
        let (body, rest) = to.split_at_mut(self.channels * self.repeat);
        rest.fill(E::To::default());
        if self.repeat == 1 {
            return self.convert::<E>(from, body);
        }
        for (from, to) in E::elements(from).iter().zip(body.chunks_exact_mut(self.repeat)) {
            to.fill(E::element(*from, self.zero_point));
        }
    }
}

/// How an element of a tensor with a zero point is laid out.
pub trait Element {
    type From: Copy;
    type To: Copy + Default;

    fn elements(bytes: &[u8]) -> &[Self::From];

    fn element(from: Self::From, zero_point: i16) -> Self::To;

    /// What contributes nothing.
    fn padding(zero_point: i16) -> Self::To;
}

/// Int8, less the zero point.
pub struct ByteAsShort;

impl Element for ByteAsShort {
    type From = u8;
    type To = i16;

    #[inline(always)]
    fn elements(bytes: &[u8]) -> &[u8] {
        bytes
    }

    #[inline(always)]
    fn element(byte: u8, zero_point: i16) -> i16 {
        byte as i8 as i16 - zero_point
    }

    fn padding(_: i16) -> i16 {
        0
    }
}

/// Int8, plus [`OFFSET`], for whoever takes that and the zero point off the sums.
pub struct Byte;

impl Element for Byte {
    type From = u8;
    type To = u8;

    #[inline(always)]
    fn elements(bytes: &[u8]) -> &[u8] {
        bytes
    }

    #[inline(always)]
    fn element(byte: u8, _: i16) -> u8 {
        byte ^ OFFSET
    }

    fn padding(zero_point: i16) -> u8 {
        zero_point as u8 ^ OFFSET
    }
}

/// Int16, whose zero point is 0.
pub struct Short;

impl Element for Short {
    type From = [u8; 2];
    type To = i16;

    #[inline(always)]
    fn elements(bytes: &[u8]) -> &[[u8; 2]] {
        bytes.as_chunks().0
    }

    #[inline(always)]
    fn element(from: [u8; 2], _: i16) -> i16 {
        i16::from_le_bytes(from)
    }

    fn padding(_: i16) -> i16 {
        0
    }
}

/// From int8 to unsigned bytes: what one adds to the other modulo 2⁸.
pub const OFFSET: u8 = 1 << 7;
