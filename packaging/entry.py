"""What the frozen program starts with."""

from tryon_app.__main__ import main

if __name__ == "__main__":
    main()
