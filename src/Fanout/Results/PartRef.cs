namespace Fanout.Results;

/// <summary>One part of the results that counts: what the engine recorded of it, whatever else the file may hold.</summary>
/// <param name="Name">File name, unique in the run.</param>
/// <param name="Length">Bytes that count, from the beginning; whole lines.</param>
/// <param name="Items">Lines in those bytes.</param>
/// <param name="FirstIndex">Smallest item index in them.</param>
/// <param name="LastIndex">Largest item index in them.</param>
public sealed record PartRef(string Name, long Length, long Items, long FirstIndex, long LastIndex);
