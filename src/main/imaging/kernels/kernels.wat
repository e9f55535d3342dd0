;; The three loops that go over every pixel of a page, on 128-bit vectors. Pictures lie in this module's memory: three
;; octets a pixel, row by row. Sixteen octets behind every picture may be read, and four behind a row's last pixel are
;; never written. Assembled by scripts/assemble-kernels.ts.
(module
  (memory (export "memory") 1)

  ;; One row of a turned picture: $count pixels from $out on, the first of them at ($fx, $fy) of the source, the next
  ;; ones by ($stepX, $stepY) further; places and steps in 16 bits of fraction. $weights: 256 x i16, the weight of the
  ;; farther neighbour in 15 bits of fraction, by the place's upper eight bits of fraction.
  (func (export "turnRow")
    (param $source i32) (param $width i32) (param $out i32) (param $count i32)
    (param $fx i32) (param $fy i32) (param $stepX i32) (param $stepY i32) (param $weights i32)
    (local $p i32) (local $row i32) (local $upper v128) (local $between v128)
    (if (i32.le_s (local.get $count) (i32.const 0)) (then (return)))
    (local.set $row (i32.mul (local.get $width) (i32.const 3)))
    (loop $next
      (local.set $p (i32.add
        (i32.add (local.get $source) (i32.mul (i32.shr_s (local.get $fy) (i32.const 16)) (local.get $row)))
        (i32.mul (i32.shr_s (local.get $fx) (i32.const 16)) (i32.const 3))))
      ;; Lanes 0 to 2 hold a pixel, lanes 3 to 5 its right neighbour: first down, then across.
      (local.set $upper (v128.load8x8_u (local.get $p)))
      (local.set $between (i16x8.add (local.get $upper) (i16x8.q15mulr_sat_s
        (i16x8.sub (v128.load8x8_u (i32.add (local.get $p) (local.get $row))) (local.get $upper))
        (v128.load16_splat (i32.add (local.get $weights)
          (i32.and (i32.shr_u (local.get $fy) (i32.const 7)) (i32.const 510)))))))
      (local.set $between (i16x8.add (local.get $between) (i16x8.q15mulr_sat_s
        (i16x8.sub
          (i8x16.shuffle 6 7 8 9 10 11 12 13 14 15 0 1 2 3 4 5 (local.get $between) (local.get $between))
          (local.get $between))
        (v128.load16_splat (i32.add (local.get $weights)
          (i32.and (i32.shr_u (local.get $fx) (i32.const 7)) (i32.const 510)))))))
      (local.set $between (i8x16.narrow_i16x8_u (local.get $between) (local.get $between)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (if (local.get $count)
        (then (v128.store32_lane 0 (local.get $out) (local.get $between)))
        (else
          (v128.store16_lane 0 (local.get $out) (local.get $between))
          (v128.store8_lane 2 (i32.add (local.get $out) (i32.const 2)) (local.get $between))))
      (local.set $out (i32.add (local.get $out) (i32.const 3)))
      (local.set $fx (i32.add (local.get $fx) (local.get $stepX)))
      (local.set $fy (i32.add (local.get $fy) (local.get $stepY)))
      (br_if $next (local.get $count))))

  ;; Luma by ITU-R BT.601 in 8-bit fixed point, of $count pixels; up to sixteen octets behind $out are written.
  (func (export "luma") (param $source i32) (param $out i32) (param $count i32)
    (local $end i32) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $out) (local.get $count)))
    (if (i32.ge_u (local.get $out) (local.get $end)) (then (return)))
    (loop $next
      ;; Eight pixels are 24 octets: sixteen, and sixteen from the ninth on.
      (local.set $a (v128.load (local.get $source)))
      (local.set $b (v128.load offset=8 (local.get $source)))
      (v128.store64_lane 0 (local.get $out)
        (i8x16.narrow_i16x8_u
          (i16x8.shr_u
            (i16x8.add
              (i16x8.add
                (i16x8.mul (i16x8.splat (i32.const 77)) (i16x8.extend_low_i8x16_u
                  (i8x16.shuffle 0 3 6 9 12 15 26 29 0 0 0 0 0 0 0 0 (local.get $a) (local.get $b))))
                (i16x8.mul (i16x8.splat (i32.const 150)) (i16x8.extend_low_i8x16_u
                  (i8x16.shuffle 1 4 7 10 13 24 27 30 0 0 0 0 0 0 0 0 (local.get $a) (local.get $b)))))
              (i16x8.mul (i16x8.splat (i32.const 29)) (i16x8.extend_low_i8x16_u
                (i8x16.shuffle 2 5 8 11 14 25 28 31 0 0 0 0 0 0 0 0 (local.get $a) (local.get $b)))))
            (i32.const 8))
          (v128.const i32x4 0 0 0 0)))
      (local.set $source (i32.add (local.get $source) (i32.const 24)))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $out) (local.get $end)))))

  ;; One row of a picture half as large: means of 2 x 2 pixels, $count of them, from $source and the row $stride octets
  ;; below it; up to eight octets behind the row are written.
  (func (export "halveRow") (param $source i32) (param $stride i32) (param $out i32) (param $count i32)
    (local $upper v128) (local $lower v128)
    (if (i32.le_s (local.get $count) (i32.const 0)) (then (return)))
    (loop $next
      (local.set $upper (v128.load (local.get $source)))
      (local.set $lower (v128.load (i32.add (local.get $source) (local.get $stride))))
      (v128.store64_lane 0 (local.get $out)
        (i8x16.narrow_i16x8_u
          (i16x8.shr_u
            (i16x8.add
              (i16x8.add
                (i16x8.extend_low_i8x16_u (i8x16.shuffle 0 1 2 6 7 8 0 0 0 0 0 0 0 0 0 0
                  (local.get $upper) (local.get $upper)))
                (i16x8.extend_low_i8x16_u (i8x16.shuffle 3 4 5 9 10 11 0 0 0 0 0 0 0 0 0 0
                  (local.get $upper) (local.get $upper))))
              (i16x8.add
                (i16x8.add
                  (i16x8.extend_low_i8x16_u (i8x16.shuffle 0 1 2 6 7 8 0 0 0 0 0 0 0 0 0 0
                    (local.get $lower) (local.get $lower)))
                  (i16x8.extend_low_i8x16_u (i8x16.shuffle 3 4 5 9 10 11 0 0 0 0 0 0 0 0 0 0
                    (local.get $lower) (local.get $lower))))
                (i16x8.splat (i32.const 2))))
            (i32.const 2))
          (v128.const i32x4 0 0 0 0)))
      (local.set $source (i32.add (local.get $source) (i32.const 12)))
      (local.set $out (i32.add (local.get $out) (i32.const 6)))
      (local.set $count (i32.sub (local.get $count) (i32.const 2)))
      (br_if $next (i32.gt_s (local.get $count) (i32.const 0))))))
