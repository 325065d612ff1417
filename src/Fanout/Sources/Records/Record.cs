namespace Fanout.Sources;

/// <summary>One record as the scanner finds it.</summary>
/// <param name="Offset">Where it begins in the text, in bytes.</param>
/// <param name="Line">The physical line it begins on, from 1.</param>
/// <param name="Content">Its bytes without what ends it; empty when it is oversized. Valid until the scanner's next call.</param>
/// <param name="Size">Its bytes without what ends it, counted even when they were not kept.</param>
/// <param name="Terminated">False: the text ended before the record did.</param>
/// <param name="Oversized">True: larger than the limit.</param>
internal readonly record struct Record(long Offset, long Line, ReadOnlyMemory<byte> Content, long Size, bool Terminated, bool Oversized);
