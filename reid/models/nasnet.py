"""NASNet-A mobile (4 @ 1056), put together from the cells of timm's NASNet-A large (6 @ 4032)."""

from torch import Tensor, nn

CELLS_PER_STACK = 4
STEM_CHANNELS = 32
OUTPUT_CHANNELS = 1056


class NasnetMobile(nn.Module):
    """NASNet-A mobile for ImageNet (Zoph 2018, table 2): 5.3 M parameters.

    timm ships the large variant only; the mobile one has the same cells, fewer and narrower.
    """

    def __init__(self) -> None:
        """Build with random weights."""
        from timm.models.nasnet import CellStem0, CellStem1, ConvNormAct, ReductionCell0, ReductionCell1

        super().__init__()
        width = OUTPUT_CHANNELS // 24
        self.conv0 = ConvNormAct(3, STEM_CHANNELS, kernel_size=3, padding=0, stride=2, apply_act=False)
        _use_keras_normalisation(self.conv0)
        self.cell_stem_0 = CellStem0(STEM_CHANNELS, num_channels=width // 4, pad_type="same")
        self.cell_stem_1 = CellStem1(STEM_CHANNELS, num_channels=width // 2, pad_type="same")
        self.stack_0 = _stack(previous=width, first_left=width // 2, incoming=2 * width, width=width)
        self.reduction_0 = _reduction(ReductionCell0, width)
        self.stack_1 = _stack(6 * width, width, 8 * width, 2 * width)
        self.reduction_1 = _reduction(ReductionCell1, 2 * width)
        self.stack_2 = _stack(12 * width, 2 * width, 16 * width, 4 * width)
        self.act = nn.ReLU()
        self.last_linear = nn.Linear(OUTPUT_CHANNELS, 1000)

    def forward_features(self, images: Tensor) -> Tensor:
        """Extract the feature map.

        Args:
            images: (N, 3, H, W).

        Returns:
            (N, 1056, H/32, W/32), rounded up.
        """
        stem = self.conv0(images)
        before = self.cell_stem_0(stem)
        now = self.cell_stem_1(stem, before)
        for cells, reduction in ((self.stack_0, self.reduction_0), (self.stack_1, self.reduction_1)):
            now, before = _run(cells, now, before)
            now = reduction(now, before)
        now, _ = _run(self.stack_2, now, before)
        return self.act(now)


def _use_keras_normalisation(part: nn.Module) -> None:
    for module in part.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 0.001


def _stack(previous: int, first_left: int, incoming: int, width: int) -> nn.ModuleList:
    from timm.models.nasnet import FirstCell, NormalCell

    cells = [
        FirstCell(previous, first_left, incoming, width, pad_type="same"),
        NormalCell(incoming, width, 6 * width, width, pad_type="same"),
    ]
    for _ in range(CELLS_PER_STACK - 2):
        cells.append(NormalCell(6 * width, width, 6 * width, width, pad_type="same"))
    return nn.ModuleList(cells)


def _reduction(cell: type[nn.Module], width: int) -> nn.Module:
    return cell(6 * width, 2 * width, 6 * width, 2 * width, pad_type="same")


def _run(cells: nn.ModuleList, now: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
    for cell in cells:
        now, before = cell(now, before), now
    return now, before
