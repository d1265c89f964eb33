"""What people send becomes a picture that anybody may see, or is refused in words."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from mapping.errors import (
    BrokenPhotoError,
    HeavyPhotoError,
    LargePhotoError,
    MovingPhotoError,
    NotAPhotoError,
    PhotoError,
    SmallPhotoError,
)
from mapping.importers.pictures import (
    LARGE_PX,
    LEAST_SIDE_PX,
    MOST_BYTES,
    SIZES_PX,
    SMALL_PX,
    fit,
    read_picture,
)
from tests.photos import MAKER, bomb, encoded, halves, telephone_photo

SORTS = ("JPEG", "PNG", "WEBP")


def read(content, name="photo.jpg"):
    return read_picture(io.BytesIO(content), name)


def opened(picture, side_px=LARGE_PX):
    return Image.open(io.BytesIO(picture.files[side_px]))


def color_at(image, across, down):
    width, height = image.size
    return image.convert("RGB").getpixel((int(across * (width - 1)), int(down * (height - 1))))


def is_red(color):
    return color[0] > 150 and color[2] < 90


def is_blue(color):
    return color[2] > 150 and color[0] < 90


@pytest.mark.parametrize("sort", SORTS)
def test_a_picture_of_each_sort_is_kept_in_two_sizes(sort):
    picture = read(encoded(halves(3200, 2000), sort))

    assert (picture.width, picture.height) == (1600, 1000)
    assert {side: opened(picture, side).size for side in SIZES_PX} == {
        SMALL_PX: (800, 500),
        LARGE_PX: (1600, 1000),
    }
    assert {opened(picture, side).format for side in SIZES_PX} == {"WEBP"}
    assert is_red(color_at(opened(picture), 0.1, 0.5))
    assert is_blue(color_at(opened(picture), 0.9, 0.5))


def test_a_small_picture_is_not_blown_up():
    picture = read(encoded(halves(500, 300)))

    assert {opened(picture, side).size for side in SIZES_PX} == {(500, 300)}


def test_nothing_is_kept_of_where_and_by_what_it_was_taken():
    sent = telephone_photo(2000, 1500)
    assert MAKER.encode() in sent

    kept = read(sent)

    for side_px, content in kept.files.items():
        shown = opened(kept, side_px)
        assert not shown.getexif()
        assert not shown.getexif().get_ifd(0x8825)
        assert MAKER.encode() not in content
        assert not any(mark in content for mark in (b"EXIF", b"Exif", b"XMP ", b"GPS"))


def test_words_inside_a_png_are_not_kept():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", MAKER)
    kept = read(encoded(halves(), "PNG", pnginfo=words))

    assert all(MAKER.encode() not in content for content in kept.files.values())


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (600, 400), (0.1, 0.5)), (3, (600, 400), (0.9, 0.5)),
     (6, (400, 600), (0.5, 0.1)), (8, (400, 600), (0.5, 0.9))],
)  # fmt: skip
def test_a_picture_stands_as_its_camera_was_held(orientation, size, red):
    shown = opened(read(telephone_photo(600, 400, orientation)))

    assert shown.size == size
    assert is_red(color_at(shown, *red))


def test_the_first_picture_of_a_telephones_pair_is_kept():
    pair = encoded(halves(), "MPO", save_all=True, append_images=[halves(200, 200)])

    assert (read(pair).width, read(pair).height) == (600, 400)


@pytest.mark.parametrize(
    ("mode", "sort"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"),
     ("RGBA", "PNG"), ("I;16", "PNG"), ("RGBA", "WEBP")],
)  # fmt: skip
def test_every_mode_becomes_plain_colours(mode, sort):
    image = halves().convert("L").convert("I").point(lambda grey: grey * 256).convert("I;16")
    image = image if mode == "I;16" else halves(mode=mode)

    shown = opened(read(encoded(image, sort)))

    assert (shown.mode, shown.size) == ("RGB", (600, 400))
    # Red and blue differ in lightness too, so the halves still do.
    left, right = color_at(shown, 0.1, 0.5), color_at(shown, 0.9, 0.5)
    assert mode == "1" or sum(left) > sum(right) or (is_red(left) and is_blue(right))


def test_what_shows_through_becomes_white():
    picture = read(encoded(Image.new("RGBA", (400, 300), (0, 0, 0, 0)), "PNG"))

    assert color_at(opened(picture), 0.5, 0.5) == (255, 255, 255)


def test_colours_of_another_profile_are_brought_to_those_of_screens():
    grey = Image.new("RGB", (400, 300), (128, 128, 128))
    linear = ImageCms.createProfile("XYZ")
    profile = ImageCms.ImageCmsProfile(linear).tobytes()
    plain = color_at(opened(read(encoded(grey))), 0.5, 0.5)

    damaged = color_at(opened(read(encoded(grey, icc_profile=b"nonsense" * 30))), 0.5, 0.5)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = color_at(opened(read(encoded(grey, icc_profile=srgb))), 0.5, 0.5)

    assert damaged == plain
    assert same == pytest.approx(plain, abs=2)
    assert read(encoded(grey, icc_profile=profile)).width == 400


def test_the_name_says_nothing_the_file_does():
    assert read(encoded(halves(), "PNG"), "photo.jpg").width == 600
    assert read(encoded(halves(), "JPEG"), "photo.exe").width == 600


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><script/></svg>'


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.jpg"), (b"just words", "words.jpg"), (SVG, "drawing.svg"), (SVG, "drawing.png"),
     (b"%PDF-1.7\n%...", "paper.pdf"), (encoded(halves(), "GIF"), "picture.gif"),
     (encoded(halves(), "TIFF"), "scan.jpg"), (b"\x00\x00\x00\x18ftypheic\x00\x00", "live.heic")],
    ids=lambda given: given if isinstance(given, str) else "",
)  # fmt: skip
def test_what_is_no_photo_is_refused_by_its_name(content, name):
    with pytest.raises(NotAPhotoError, match=f"got {name}, wanted a picture in JPEG, PNG or WebP"):
        read(content, name)


@pytest.mark.parametrize("sort", SORTS)
def test_half_a_picture_is_refused(sort):
    image = Image.effect_noise((600, 400), 80).convert("RGB")
    whole = encoded(image, sort)

    with pytest.raises(BrokenPhotoError, match="wanted a whole picture"):
        read(whole[: len(whole) // 2])


def test_thirty_megabytes_are_refused_before_they_are_looked_at():
    with pytest.raises(HeavyPhotoError, match=r"got 30 MB, wanted at most 16 MB"):
        read(bytes(30 * 2**20))

    assert MOST_BYTES == 16 * 2**20


@pytest.mark.parametrize("side", [8000, 12_000, 40_000, 2_000_000])
def test_a_bomb_is_refused_without_unpacking_it(side):
    content = bomb(side, side)
    assert len(content) < 100

    with pytest.raises(LargePhotoError, match="wanted at most 50000000"):
        read(content)


@pytest.mark.parametrize("sort", ["PNG", "WEBP"])
def test_what_moves_is_refused(sort):
    frames = [halves(), halves().rotate(180)]
    moving = encoded(frames[0], sort, save_all=True, append_images=frames[1:], duration=100)

    with pytest.raises(MovingPhotoError, match="does not move"):
        read(moving)


def test_a_stamp_is_refused():
    with pytest.raises(SmallPhotoError, match="got 600 × 120 pixels"):
        read(encoded(halves(600, 120)))


WHOLE = {sort: encoded(halves(240, 210), sort) for sort in SORTS}


@settings(max_examples=150, deadline=None)
@given(
    sort=st.sampled_from(SORTS),
    start=st.integers(0, 4000),
    noise=st.binary(min_size=1, max_size=40),
)
def test_damaged_files_are_pictures_or_refusals_and_nothing_else(sort, start, noise):
    content = bytearray(WHOLE[sort])
    start %= len(content)
    content[start : start + len(noise)] = noise

    with contextlib.suppress(PhotoError):
        picture = read(bytes(content))
        assert max(picture.width, picture.height) <= LARGE_PX


@given(st.integers(LEAST_SIDE_PX, 20_000), st.integers(LEAST_SIDE_PX, 20_000))
def test_a_fitted_picture_keeps_its_shape(width, height):
    for side_px in SIZES_PX:
        fitted = fit(width, height, side_px)

        assert max(fitted) <= side_px
        assert max(fitted) == min(side_px, max(width, height))
        assert abs(fitted[0] * height - fitted[1] * width) <= max(width, height)
