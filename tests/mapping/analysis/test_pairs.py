import numpy as np
from scipy.sparse import csr_array

from mapping.analysis.pairs import cut_off, pairs_within


def test_longer_walks_are_left_out_and_a_walk_of_no_length_stays():
    minutes = csr_array((np.array([0.0, 12.0, 10.0, 30.0]), [0, 1, 1, 0], [0, 2, 3, 3, 4]))

    near = cut_off(minutes, 10)

    assert near.shape == minutes.shape
    assert near.indptr.tolist() == [0, 1, 2, 2, 2]
    assert near.data.tolist() == [0.0, 10.0]
    assert pairs_within(near, 30).unit.tolist() == pairs_within(minutes, 10).unit.tolist()
