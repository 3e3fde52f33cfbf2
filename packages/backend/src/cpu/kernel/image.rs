//! Int8 operands as the convolution kernels read them: int16, less the zero point, with the padding around them.

/// How one operand (NHWC or NDHWC) is laid out for a kernel. Padding holds zeros: the zero point is already taken off, so it
/// contributes nothing.
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
const SLACK: usize = 32;

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

    /// Lays out the images that `from` consists of, one behind the other.
    #[inline(always)]
    pub fn lay_out(&self, from: &[u8], to: &mut Vec<i16>) {
        let count = from.len() / self.bytes();
        to.resize(count * self.len() + SLACK, 0);
        for (from, to) in from.chunks_exact(self.bytes()).zip(to.chunks_exact_mut(self.len())) {
            self.one(from, to);
        }
        to[count * self.len()..].fill(0);
    }

    #[inline(always)]
    fn one(&self, from: &[u8], to: &mut [i16]) {
        let [front, back, ..] = self.pad;
        let plane = self.plane();
        let (before, rest) = to.split_at_mut(front * plane);
        let (inside, behind) = rest.split_at_mut(self.depth * plane);
        before.fill(0);
        debug_assert_eq!(behind.len(), back * plane);
        behind.fill(0);
        for (from, to) in from.chunks_exact(self.bytes() / self.depth).zip(inside.chunks_exact_mut(plane)) {
            self.one_plane(from, to);
        }
    }

    #[inline(always)]
    fn one_plane(&self, from: &[u8], to: &mut [i16]) {
        let [_, _, top, bottom, left, right] = self.pad;
        let row = self.row();
        let (above, rest) = to.split_at_mut(top * row);
        let (inside, below) = rest.split_at_mut(self.height * row);
        above.fill(0);
        debug_assert_eq!(below.len(), bottom * row);
        below.fill(0);
        let width = self.width * self.channels;
        for (from, to) in from.chunks_exact(width).zip(inside.chunks_exact_mut(row)) {
            let (before, rest) = to.split_at_mut(left * self.pixel);
            let (pixels, after) = rest.split_at_mut(self.width * self.pixel);
            debug_assert_eq!(after.len(), right * self.pixel);
            before.fill(0);
            after.fill(0);
            if self.pixel == self.channels {
                self.widen(from, pixels);
            } else {
                for (from, to) in from.chunks_exact(self.channels).zip(pixels.chunks_exact_mut(self.pixel)) {
                    self.spread(from, to);
                }
            }
        }
    }

    #[inline(always)]
    fn widen(&self, from: &[u8], to: &mut [i16]) {
        for (from, to) in from.iter().zip(to) {
            *to = *from as i8 as i16 - self.zero_point;
        }
    }

    #[inline(always)]
    fn spread(&self, from: &[u8], to: &mut [i16]) {
        let (body, rest) = to.split_at_mut(self.channels * self.repeat);
        rest.fill(0);
        if self.repeat == 1 {
            return self.widen(from, body);
        }
        for (from, to) in from.iter().zip(body.chunks_exact_mut(self.repeat)) {
            to.fill(*from as i8 as i16 - self.zero_point);
        }
    }
}
