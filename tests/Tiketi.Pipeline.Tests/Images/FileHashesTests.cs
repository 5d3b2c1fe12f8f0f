using System.Security.Cryptography;
using System.Text;
using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class FileHashesTests : IDisposable
{
    /// <summary>Longer than a tick of the clock that file systems take times from (10 ms at the most).</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(30);

    private readonly TestFolder _folder = new();

    private string Cache => _folder.Full("cache/hashes");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnUnchangedFile_IsNotReadAgain()
    {
        _folder.Write("a", "one").Write("b", "two");
        Thread.Sleep(Tick);
        Run("a", "b").Should().Be(2);

        Run("a", "b").Should().Be(0);
    }

    [Fact]
    public void AFileOfThisVeryMoment_IsReadAgain_ForItMayStillChangeUnnoticed()
    {
        var hashes = FileHashes.Load(Cache);
        hashes.Of(_folder.Write("first", "makes the cache look at the clock").Full("first"));
        _folder.Write("young", "1");
        hashes.Of(_folder.Full("young"));
        hashes.Save();

        Run("young").Should().Be(1);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("cut off")]
    [InlineData("empty")]
    [InlineData("other format")]
    public void ABrokenCache_CountsAsEmpty(string how)
    {
        _folder.Write("a", "one");
        Thread.Sleep(Tick);
        Run("a");
        var bytes = File.ReadAllBytes(Cache);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(Cache, how switch
        {
            "damaged" => bytes,
            "cut off" => bytes[..^5],
            "other format" => [.. Encoding.UTF8.GetBytes("\u0007another"), .. SHA256.HashData(Encoding.UTF8.GetBytes("\u0007another"))],
            _ => [],
        });

        Run("a").Should().Be(1);
        Run("a").Should().Be(0);
    }

    [Fact]
    public void WhatIsNotAskedForAnyMore_IsForgotten()
    {
        _folder.Write("a", "one").Write("b", "two");
        Thread.Sleep(Tick);
        Run("a", "b");
        Run("a");

        Run("a", "b").Should().Be(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void NoAnswerIsEverStale(int seed)
    {
        // whatever happens to the files between and during runs, often within one tick of the clock, and often so that size
        // and modification time stay what they were
        var random = new Random(seed);
        string[] names = ["a", "b", "c", "d"];
        foreach (var name in names)
        {
            _folder.Write(name, "0000");
        }

        for (var round = 0; round < 150; round++)
        {
            var hashes = FileHashes.Load(Cache);
            foreach (var name in names)
            {
                Mutate(random, names[random.Next(names.Length)]);
                var path = _folder.Full(name);
                Convert.ToHexString(hashes.Of(path)).Should().Be(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))), "round {0}, file {1}", round, name);
            }

            hashes.Save();
            if (random.Next(3) == 0)
            {
                Thread.Sleep(Tick);
            }
        }
    }

    private void Mutate(Random random, string name)
    {
        var path = _folder.Full(name);
        var modified = File.GetLastWriteTimeUtc(path);
        switch (random.Next(7))
        {
            case 0: // the same size
                File.WriteAllText(path, $"{random.Next(10_000):0000}");
                break;
            case 1: // the same size and time
                File.WriteAllText(path, $"{random.Next(10_000):0000}");
                File.SetLastWriteTimeUtc(path, modified);
                break;
            case 2: // another file in its place, with the same size and time
                File.WriteAllText(path + ".new", $"{random.Next(10_000):0000}");
                File.SetLastWriteTimeUtc(path + ".new", modified);
                File.Move(path + ".new", path, overwrite: true);
                break;
            case 3: // a byte in place
                using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
                {
                    file.WriteByte((byte)random.Next('0', '9'));
                }

                File.SetLastWriteTimeUtc(path, modified);
                break;
            case 4: // deleted and made again, perhaps with the same inode
                File.Delete(path);
                File.WriteAllText(path, $"{random.Next(10_000):0000}");
                File.SetLastWriteTimeUtc(path, modified);
                break;
            default: // nothing
                break;
        }
    }

    /// <returns>How many files had to be read.</returns>
    private int Run(params string[] names)
    {
        var hashes = FileHashes.Load(Cache);
        foreach (var name in names)
        {
            hashes.Of(_folder.Full(name));
        }

        hashes.Save();
        return hashes.FilesRead;
    }
}
