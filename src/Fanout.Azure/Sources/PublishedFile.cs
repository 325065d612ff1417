using Azure;

namespace Fanout.Azure;

/// <summary>What a process knows of a published file.</summary>
/// <param name="Content">All of it, of a small one; null: it is read by range.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="ETag">Which of the files published under its name it is.</param>
internal sealed record PublishedFile(byte[]? Content, long Length, ETag ETag);
