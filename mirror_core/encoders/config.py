"""Every number of the encoders; the presets are in `presets.py`."""

from dataclasses import dataclass, field

from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError

BACKBONES = ("hrnet_w18_small_v2", "strided", "pyramid")
SAMPLINGS = ("release", "front", "camera")


@dataclass(frozen=True)
class ShapeConfig:
    """The shape encoder, Table 6."""

    backbone: str = "hrnet_w18_small_v2"
    """hrnet_w18_small_v2: the paper's, 2048 channels at 1/32; strided: plain stride-2 convolutions (SMR); pyramid:
    ours, features of three scales summed at 1/8, made for CPUs."""
    widths: tuple[int, ...] = ()
    """Channels of the strided and the pyramid backbone's levels."""
    channel_attention: bool = False
    """Squeeze and excite the backbone's output (release)."""
    integration: bool = True
    """The integration module; off ("No IM"), every vertex sees the pooled features and its own coordinates only."""
    sampling: str = "front"
    """Where a vertex reads its local feature. release: at the template's raw (x, y), upside down and from the middle
    half of the image; front: where a camera before the template sees it; camera: where the estimated camera sees
    it."""
    neighbours: bool = True
    """Also the local feature's difference from the neighbours' (Table 11, "optional")."""
    hidden: int = 256
    dropout: float = 0.0
    mixing: int | None = None
    """Rank of the last layer, which mixes all vertices; none: a full 3V x 3V matrix (Table 6). A low rank is added to
    the vertex's own estimate instead of replacing it."""
    limit: float = 0.5
    """Offsets lie within this, by tanh, before they are centred (release)."""
    centre: bool = True
    """Offsets have zero mean: moving the whole is the camera's task (release)."""
    smoothing: float = 0.0
    """Ours: offsets are multiplied by (I + smoothing L)^-1, L the combinatorial Laplacian, so that they are smooth."""
    modes: int = 0
    """Ours: so many learned deformations of the whole surface are added (`SurfaceModes`); 0: none."""

    def __post_init__(self) -> None:
        check_choice("shape backbone", self.backbone, BACKBONES)
        check_choice("shape sampling", self.sampling, SAMPLINGS)


@dataclass(frozen=True)
class CameraConfig:
    """The camera encoder, Table 7."""

    widths: tuple[int, ...] = (36, 72, 144, 288)
    """Channels after the first convolution and after each halving."""
    blocks: tuple[int, ...] = (1, 3, 6)
    """Residual blocks after each halving."""
    hidden: int = 128
    integration: bool = True
    """Global beside local features before the last pooling."""
    dropout: float = 0.0
    azimuth: float = 360.0
    """Degrees of the whole range around the front; with 180 only the front is looked at, which loses nothing while
    the back mirrors the front: seen from behind, such a mesh is its own mirror image."""
    elevation: tuple[float, float] = (-15.0, 15.0)
    """Degrees."""
    distance: tuple[float, float] = (2.0, 8.0)
    """Template units."""
    offset: float = 1.0
    """Largest offset in template units; 0 keeps the target at the origin (SMR)."""
    symmetric: bool = False
    """Ours: a mirrored photo gets the mirrored camera, because the heads' answers are averaged over both. Without it
    all azimuths may drift to one side together."""
    start_in_front: bool = False
    """Ours: training starts from azimuth 0 and not from whatever direction the smallest weights point in."""
    shrink: int = 1
    """Ours: how many times smaller a picture to look at."""
    normalisation: str | None = None
    """Ours: instead of the whole model's."""

    def __post_init__(self) -> None:
        check_choice("camera normalisation", self.normalisation or "batch", ("batch", "group"))
        check_range("camera shrink", self.shrink, 1, 4)


@dataclass(frozen=True)
class TextureConfig:
    """The texture encoder, Table 9: a flow that says which pixel of the photo each texel of the front shows."""

    encoder: str = "resnet34"
    """resnet34, or "strided": plain stride-2 convolutions."""
    widths: tuple[int, ...] = ()
    """Channels of the strided encoder's levels, from 1/2 on."""
    decoder: tuple[int, ...] = (256, 128, 64, 64, 32)
    """Channels of the decoder's levels; fewer than five leave the flow coarser, then it is enlarged bilinearly."""
    fusion_blocks: int = 0
    """BiFPN blocks between encoder and decoder (3 in the release)."""
    context: bool = False
    """Atrous spatial pyramid pooling before the decoder (release)."""
    squash: str = "tanh"
    """tanh (Table 9) or hardtanh (release)."""
    interpolation: str = "bicubic"
    """How the photo is sampled: bicubic (release) or bilinear."""
    spread: bool = False
    """Ours: the object's colours are carried outwards over the photo's background first, so that no texel shows it."""
    anchored: bool = False
    """Ours: the flow is counted from where a camera in front of the template would see each texel."""
    back: str = "mirror"
    """What the texture's back half shows: mirror, the front's mirror image (the paper); flow, ours, its own flow says
    from where in the photo each texel's colour comes, which only synthetic truth can teach."""

    def __post_init__(self) -> None:
        check_choice("texture encoder", self.encoder, ("resnet34", "strided"))
        check_choice("texture back", self.back, ("mirror", "flow"))
        check_choice("texture squash", self.squash, ("tanh", "hardtanh"))
        check_choice("texture interpolation", self.interpolation, ("bicubic", "bilinear"))


@dataclass(frozen=True)
class LightConfig:
    """The illumination encoder, Table 8."""

    widths: tuple[int, ...] = (32, 64, 96, 192, 96)
    kernel: int = 5
    hidden: int = 48
    ambient: tuple[float, float] = (2.5, 3.5)
    """Range of the constant harmonic (release)."""
    directional: float = 0.1
    """Largest size of the other eight (release)."""


@dataclass(frozen=True)
class MagicMirrorConfig:
    """All encoders of one model."""

    image_size: tuple[int, int] = (128, 64)
    """Height and width of photos and of the texture's front half, pixels."""
    half_axes: tuple[float, float, float] = (0.45, 0.9, 0.225)
    """Of the ellipsoid that the prototype starts from, template units."""
    normalisation: str = "batch"
    """batch, or "group": groups of 8 channels, the same in training and use, whatever the batch."""
    keep_background: bool = False
    """Show the photo's background to the encoders, as the release does; off, it is blackened by the mask."""
    background: bool = False
    """Have a background network (release)."""
    shape: ShapeConfig = field(default_factory=ShapeConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    texture: TextureConfig = field(default_factory=TextureConfig)
    light: LightConfig = field(default_factory=LightConfig)

    def __post_init__(self) -> None:
        check_choice("normalisation", self.normalisation, ("batch", "group"))
        height, width = self.image_size
        if height % 32 or width % 32 or min(height, width) < 32:
            raise InputError(f"image_size must be multiples of 32, but is {self.image_size}.", "Choose e.g. (160, 96).")
