//! Int8 operands as the convolution kernels read them, with the padding around them: int16 less the zero point, or
//! unsigned bytes.

/// How one operand (NHWC or NDHWC) is laid out for a kernel.
#[derive(Clone, Debug)]
pub struct Image {
    /// Planes: 1 of NHWC.
    pub depth: usize,
    pub height: usize,
    pub width: usize,
    pub channels: usize,
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
    pub fn row(&self) -> usize {
        (self.width + self.pad[4] + self.pad[5]) * self.pixel
    }

    pub fn plane(&self) -> usize {
        (self.height + self.pad[2] + self.pad[3]) * self.row()
    }

    /// Elements of one image.
    pub fn len(&self) -> usize {
        (self.depth + self.pad[0] + self.pad[1]) * self.plane()
    }

    /// Canonical bytes of one image before the layout.
    pub fn bytes(&self) -> usize {
        self.depth * self.height * self.width * self.channels
    }

    /// Lays out the images that `from` consists of, one behind the other, with the padding's element around them.
    #[inline(always)]
    pub fn lay_out<E: Element>(&self, from: &[u8], to: &mut Vec<E>) {
        let count = from.len() / self.bytes();
        to.resize(count * self.len() + SLACK, E::default());
        if self.bytes() == self.len() {
            return self.convert(from, to);
        }
        for (from, to) in from.chunks_exact(self.bytes()).zip(to.chunks_exact_mut(self.len())) {
            self.one(from, to);
        }
    }

    #[inline(always)]
    fn one<E: Element>(&self, from: &[u8], to: &mut [E]) {
        let [front, back, ..] = self.pad;
        let (plane, padding) = (self.plane(), E::padding(self.zero_point));
        let (before, rest) = to.split_at_mut(front * plane);
        let (inside, behind) = rest.split_at_mut(self.depth * plane);
        before.fill(padding);
        debug_assert_eq!(behind.len(), back * plane);
        behind.fill(padding);
        for (from, to) in from.chunks_exact(self.bytes() / self.depth).zip(inside.chunks_exact_mut(plane)) {
            self.one_plane(from, to);
        }
    }

    #[inline(always)]
    fn one_plane<E: Element>(&self, from: &[u8], to: &mut [E]) {
        let [_, _, top, _, left, _] = self.pad;
        let padding = E::padding(self.zero_point);
        let (row, inside) = (self.row(), self.width * self.pixel);
        let (before, mut rest) = to.split_at_mut(top * row + left * self.pixel);
        before.fill(padding);
        for (at, from) in (1..).zip(from.chunks_exact(self.width * self.channels)) {
            let (pixels, behind) = rest.split_at_mut(inside);
            if self.pixel == self.channels {
                self.convert(from, pixels);
            } else {
                for (from, to) in from.chunks_exact(self.channels).zip(pixels.chunks_exact_mut(self.pixel)) {
                    self.spread(from, to);
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
    fn convert<E: Element>(&self, from: &[u8], to: &mut [E]) {
        for (from, to) in from.iter().zip(to) {
            *to = E::element(*from, self.zero_point);
        }
    }

    #[inline(always)]
    fn spread<E: Element>(&self, from: &[u8], to: &mut [E]) {
        let (body, rest) = to.split_at_mut(self.channels * self.repeat);
        rest.fill(E::default());
        if self.repeat == 1 {
            return self.convert(from, body);
        }
        for (from, to) in from.iter().zip(body.chunks_exact_mut(self.repeat)) {
            to.fill(E::element(*from, self.zero_point));
        }
    }
}

/// How a byte of an int8 tensor with a zero point is laid out.
pub trait Element: Copy + Default {
    fn element(byte: u8, zero_point: i16) -> Self;

    /// What contributes nothing.
    fn padding(zero_point: i16) -> Self;
}

/// Less the zero point.
impl Element for i16 {
    #[inline(always)]
    fn element(byte: u8, zero_point: i16) -> Self {
        byte as i8 as i16 - zero_point
    }

    fn padding(_: i16) -> Self {
        0
    }
}

/// Plus [`OFFSET`], for whoever takes that and the zero point off the sums.
impl Element for u8 {
    #[inline(always)]
    fn element(byte: u8, _: i16) -> Self {
        byte ^ OFFSET
    }

    fn padding(zero_point: i16) -> Self {
        zero_point as u8 ^ OFFSET
    }
}

/// From int8 to unsigned bytes: what one adds to the other modulo 2⁸.
pub const OFFSET: u8 = 1 << 7;
