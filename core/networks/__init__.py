"""Architectures, one a file: U-Net, DiT, MMDiT, autoencoder, PCA patch codec, text encoder; weight averages.

Networks draw no random numbers in `forward`, and each item of a batch is computed on its own.
"""
